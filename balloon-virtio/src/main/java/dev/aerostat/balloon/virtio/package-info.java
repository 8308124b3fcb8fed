/**
 * The device side of virtio-balloon.
 *
 * <h2>What the specification asks, and where it is done</h2>
 *
 * Section numbers are those of virtio 1.2. Driver initialisation, section 3.1.1:
 *
 * <table>
 *   <caption>Steps of a driver and the methods that serve them</caption>
 *   <tr><th>the driver</th><th>the device</th></tr>
 *   <tr><td>1. resets the device</td><td>{@link BalloonDevice#writeStatus writeStatus(0)} holds the
 *       reset, {@link BalloonEvents#resetRequested} tells of it, {@link BalloonDevice#completeReset}
 *       ends it (2.4: the driver waits until it reads 0); {@link BalloonDevice#reset} for transports
 *       whose drivers do not wait</td></tr>
 *   <tr><td>2., 3. sets ACKNOWLEDGE, DRIVER</td><td>{@link BalloonDevice#writeStatus}</td></tr>
 *   <tr><td>4. reads and chooses features</td><td>{@link BalloonDevice#offeredFeatures}, {@link
 *       BalloonDevice#acceptFeatures}</td></tr>
 *   <tr><td>5., 6. sets FEATURES_OK and reads it back</td><td>{@link BalloonDevice#writeStatus}
 *       withholds it without MUST_TELL_HOST and VERSION_1; {@link BalloonDevice#status}</td></tr>
 *   <tr><td>7. finds its queues, reads the config space</td><td>{@link BalloonDevice#maxQueueSize},
 *       {@link BalloonDevice#configureQueue}, {@link BalloonDevice#enableQueue}, {@link
 *       BalloonDevice#readConfig}</td></tr>
 *   <tr><td>8. sets DRIVER_OK</td><td>{@link BalloonEvents#driverReady}, from the next {@link
 *       BalloonDevice#process}</td></tr>
 * </table>
 *
 * <p>Operation, sections 2.7 and 5.5.6:
 *
 * <table>
 *   <caption>Duties of the device and the methods that do them</caption>
 *   <tr><th>duty</th><th>where</th></tr>
 *   <tr><td>ask for a size of the balloon: {@code num_pages} and a config interrupt</td><td>{@link
 *       BalloonDevice#setTarget}</td></tr>
 *   <tr><td>take pages from the inflate queue, return the buffer</td><td>{@link
 *       BalloonEvents#inflated}, {@link BalloonEvents#inflateMessageEnd}</td></tr>
 *   <tr><td>with MUST_TELL_HOST: let no page go before the driver has our word</td><td>{@link
 *       BalloonEvents#deflated}, {@link BalloonDevice#acknowledge}</td></tr>
 *   <tr><td>write the used element before the used index (2.7.8.2), interrupt by flag or event index
 *       (2.7.7)</td><td>{@link BalloonDevice#acknowledge} and the end of every other
 *       message</td></tr>
 *   <tr><td>ask to be notified (2.7.10)</td><td>at the end of each drained queue in {@link
 *       BalloonDevice#process}</td></tr>
 *   <tr><td>stop a queue and go on with it (vhost-user, "Ring states")</td><td>{@link
 *       BalloonDevice#disableQueue}, {@link BalloonDevice#enableQueue}; {@link
 *       BalloonEvents#stopRequested} where it may be a reset</td></tr>
 *   <tr><td>keep the statistics buffer until fresh figures are wanted (5.5.6.3)</td><td>{@link
 *       BalloonDevice#requestStatistics}, {@link BalloonEvents#statistics}</td></tr>
 *   <tr><td>command ids of free page hints (5.5.6.5)</td><td>{@link
 *       BalloonDevice#startFreePageHint}, {@link BalloonDevice#stopFreePageHint}</td></tr>
 *   <tr><td>return reports of free pages (5.5.6.7)</td><td>within {@link
 *       BalloonDevice#process}</td></tr>
 *   <tr><td>after an error without remedy, DEVICE_NEEDS_RESET and a config interrupt
 *       (2.1.2)</td><td>{@link BalloonDevice#fail}, {@link GuestMistake#needsReset}</td></tr>
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
package dev.aerostat.balloon.virtio;
