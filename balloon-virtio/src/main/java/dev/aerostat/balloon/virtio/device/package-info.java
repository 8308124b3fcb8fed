/**
 * The balloon device as the engine holds it: who owns the event thread calls {@link BalloonDevice}
 * and implements {@link dev.aerostat.balloon.virtio.device.BalloonEvents} and {@link
 * BalloonTransport}. No VMM sees this package.
 *
 * <h2>What the specification asks, and where it is done</h2>
 *
 * Section numbers are those of virtio 1.2. For the steps of driver initialisation see {@link
 * dev.aerostat.virtio}. A reset that the driver asks for is held: {@link
 * dev.aerostat.balloon.virtio.device.BalloonEvents#resetRequested} announces it, {@link
 * BalloonDevice#completeReset} ends it (2.4: the driver waits until it reads 0). After DRIVER_OK
 * {@link dev.aerostat.balloon.virtio.device.BalloonEvents#driverReady} comes from the next {@link
 * BalloonDevice#process}.
 *
 * <p>Operation, sections 2.7 and 5.5.6:
 *
 * <table>
 *   <caption>Duties of the device and the methods that do them</caption>
 *   <tr><th>duty</th><th>where</th></tr>
 *   <tr><td>ask for a size of the balloon: {@code num_pages} and a config interrupt</td><td>{@link
 *       BalloonDevice#setTarget}</td></tr>
 *   <tr><td>read pages from the inflate queue, return the buffer</td><td>{@link
 *       dev.aerostat.balloon.virtio.device.BalloonEvents#inflated}, {@link dev.aerostat.balloon.virtio.device.BalloonEvents#inflateMessageEnd}</td></tr>
 *   <tr><td>with MUST_TELL_HOST: let no page go before it may be used</td><td>{@link
 *       dev.aerostat.balloon.virtio.device.BalloonEvents#deflated}, {@link BalloonDevice#acknowledge}</td></tr>
 *   <tr><td>write the used element before the used index (2.7.8.2), interrupt by flag or event index
 *       (2.7.7)</td><td>{@link BalloonDevice#acknowledge} and the end of every other
 *       message</td></tr>
 *   <tr><td>ask to be notified (2.7.10)</td><td>at the end of each drained queue in {@link
 *       BalloonDevice#process}</td></tr>
 *   <tr><td>stop a queue and go on with it (vhost-user, "Ring states")</td><td>{@link
 *       dev.aerostat.virtio.VirtioDevice#disableQueue}, {@link dev.aerostat.virtio.VirtioDevice#enableQueue}; {@link
 *       dev.aerostat.balloon.virtio.device.BalloonEvents#stopRequested} where it may be a reset</td></tr>
 *   <tr><td>keep the statistics buffer until fresh figures are wanted (5.5.6.3)</td><td>{@link
 *       BalloonDevice#requestStatistics}, {@link dev.aerostat.balloon.virtio.device.BalloonEvents#statistics}</td></tr>
 *   <tr><td>command ids of free page hints (5.5.6.5)</td><td>{@link
 *       BalloonDevice#startFreePageHint}, {@link BalloonDevice#stopFreePageHint}</td></tr>
 *   <tr><td>return reports of free pages (5.5.6.7)</td><td>within {@link
 *       BalloonDevice#process}</td></tr>
 *   <tr><td>after an error without remedy, DEVICE_NEEDS_RESET and a config interrupt
 *       (2.1.2)</td><td>{@link BalloonDevice#fail}, {@link dev.aerostat.virtio.GuestMistake#needsReset}</td></tr>
 * </table>
 *
 * <h2>The way of a message</h2>
 *
 * A {@code Virtqueue} yields chains, whatever the format of its ring; {@code DescriptorChain} walks
 * a chain's buffers; {@code MessageBytes} turns them into contiguous pieces of guest memory; {@code
 * PageMessage} reads PFNs from those, each once; {@code RunFinder} merges them into runs. Nothing
 * is copied or allocated on that way, and each step checks what it uses at the moment of use, since
 * a guest may change its memory at any time.
 */
package dev.aerostat.balloon.virtio.device;
