/**
 * The back end of vhost-user (QEMU's docs/interop/vhost-user.rst) for one virtio-balloon device.
 *
 * <h2>What a message becomes</h2>
 *
 * <table>
 *   <caption>Messages of the front end and what the device is asked</caption>
 *   <tr><th>message</th><th>effect</th></tr>
 *   <tr><td>SET_FEATURES</td><td>refused without MUST_TELL_HOST and VERSION_1; kept until the
 *       driver starts</td></tr>
 *   <tr><td>SET_MEM_TABLE</td><td>the memory is mapped, {@link
 *       dev.aerostat.vhost.user.BalloonHost#host} builds the device on it; the memory that is
 *       there already is only a reset</td></tr>
 *   <tr><td>SET_VRING_NUM, BASE, ADDR, KICK, CALL</td><td>kept until the driver starts; KICK and
 *       CALL also take effect later</td></tr>
 *   <tr><td>SET_VRING_ENABLE 1 for the last queue that has addresses</td><td>the driver starts:
 *       features, queues, DRIVER_OK</td></tr>
 *   <tr><td>SET_VRING_ENABLE 0, GET_VRING_BASE, RESET_OWNER</td><td>a reset, which is answered
 *       when it has taken effect</td></tr>
 *   <tr><td>GET_CONFIG, SET_CONFIG</td><td>the config space; of a write only {@code actual} and
 *       {@code poison_val} count</td></tr>
 *   <tr><td>the connection ends</td><td>{@link dev.aerostat.vhost.user.HostedBalloon#close}, then
 *       the memory goes</td></tr>
 * </table>
 *
 * <p>A request that cannot be served is answered with 1 where an answer is asked for (REPLY_ACK);
 * else the connection ends, since a front end that is told nothing would go on in error.
 */
package dev.aerostat.vhost.user;
