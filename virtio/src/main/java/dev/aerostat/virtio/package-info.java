/**
 * A virtio device as its transport sees it.
 *
 * <h2>What a driver does, and what its transport calls</h2>
 *
 * Driver initialisation, virtio 1.2, section 3.1.1:
 *
 * <table>
 *   <caption>Steps of a driver and the methods that serve them</caption>
 *   <tr><th>the driver</th><th>the transport</th></tr>
 *   <tr><td>1. resets the device</td><td>{@link VirtioDevice#writeStatus writeStatus(0)} where the
 *       driver reads the status until it is 0; else {@link VirtioDevice#reset}</td></tr>
 *   <tr><td>2., 3. sets ACKNOWLEDGE, DRIVER</td><td>{@link VirtioDevice#writeStatus}</td></tr>
 *   <tr><td>4. reads and chooses features</td><td>{@link VirtioDevice#offeredFeatures}, {@link
 *       VirtioDevice#writeDriverFeatures}</td></tr>
 *   <tr><td>5., 6. sets FEATURES_OK and reads it back</td><td>{@link VirtioDevice#writeStatus},
 *       {@link VirtioDevice#status}</td></tr>
 *   <tr><td>7. finds its queues, reads the config space</td><td>{@link VirtioDevice#maxQueueSize},
 *       {@link VirtioDevice#configureQueue}, {@link VirtioDevice#enableQueue}, {@link
 *       VirtioDevice#readConfig}</td></tr>
 *   <tr><td>8. sets DRIVER_OK</td><td>{@link VirtioDevice#writeStatus}</td></tr>
 *   <tr><td>makes buffers available (2.7.13)</td><td>{@link VirtioDevice#notifyQueue}</td></tr>
 * </table>
 *
 * <p>To pause a guest, or to save its state, stop each queue with {@link VirtioDevice#disableQueue}
 * and keep {@link VirtioDevice#queueLayout} and the {@link QueuePosition} that it completes with.
 */
package dev.aerostat.virtio;
