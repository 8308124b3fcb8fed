/**
 * The back end of vhost-user (QEMU's docs/interop/vhost-user.rst) for one virtio-balloon device.
 *
 * <h2>What a message becomes</h2>
 *
 * <table>
 *   <caption>Messages of the front end and what the device is asked</caption>
 *   <tr><th>message</th><th>effect</th></tr>
 *   <tr><td>SET_FEATURES</td><td>refused without MUST_TELL_HOST and VERSION_1, or other ones while
 *       queues run; without PROTOCOL_FEATURES queues start enabled</td></tr>
 *   <tr><td>SET_MEM_TABLE</td><td>the memory is mapped, {@link
 *       dev.aerostat.vhost.user.BalloonHost#host} builds the device on it; the memory that is
 *       there already changes nothing, another is refused while queues run, and files that somebody
 *       serves always ({@link dev.aerostat.memory.linux.LocalFile})</td></tr>
 *   <tr><td>SET_VRING_NUM, BASE, ADDR, KICK, ENABLE 1</td><td>in any order; the queue starts once
 *       all have come, or it is enabled, placed, and its driver rings</td></tr>
 *   <tr><td>SET_VRING_ENABLE 0, GET_VRING_BASE</td><td>the queue stops, and is answered when the
 *       device has let go of it. Nothing is lost: it goes on where it stopped</td></tr>
 *   <tr><td>RESET_OWNER</td><td>all queues are disabled</td></tr>
 *   <tr><td>RESET_DEVICE, SET_STATUS 0</td><td>a reset, which is answered when it has taken effect;
 *       but see below</td></tr>
 *   <tr><td>GET_CONFIG, SET_CONFIG</td><td>the config space; of a write only {@code actual} and
 *       {@code poison_val} count; an error is an empty reply</td></tr>
 *   <tr><td>the connection ends</td><td>{@link dev.aerostat.vhost.user.HostedBalloon#close}, then
 *       the memory goes</td></tr>
 * </table>
 *
 * <h2>A pause and a reset</h2>
 *
 * A front end that negotiated STATUS or RESET_DEVICE announces it when it resets the device, and
 * its stops are pauses, which wait for nothing. With any other a stopped queue may be either: the
 * stop is held as a reset is, until all memory is mapped or the gate is closed, but the balloon is
 * not forgotten. A queue that starts where it stopped, with the same features and in the same
 * place, goes on; one that starts otherwise has a new driver, and the device is reset first. QEMU
 * ends a pause and a driver alike, with GET_VRING_BASE for each queue and then SET_STATUS 0: that
 * is told apart in the same way.
 *
 * <h2>What cannot be served</h2>
 *
 * A request that cannot be served is answered with 1 where REPLY_ACK was negotiated and an answer
 * is asked for; else the connection ends, since a front end that is told nothing would go on in
 * error. It ends too, with a sentence that says why, if a message is left unfinished or a reply
 * unread for 10 s, if descriptors come in the middle of a message, and if the front end makes the
 * file of its memory shorter. An access to such memory is an {@code InternalError} where HotSpot
 * knows the instruction at fault; a loop that it compiles to vector instructions ends the process
 * (seen with Java 25). So no loop over guest memory may be one that can be compiled so: copy first,
 * as {@code dev.aerostat.balloon.virtio} does. A front end that seals its files against shrinking
 * (F_SEAL_SHRINK, as QEMU does) cannot do it.
 */
package dev.aerostat.vhost.user;
