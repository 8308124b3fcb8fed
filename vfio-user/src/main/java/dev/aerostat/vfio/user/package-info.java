/**
 * The server side of vfio-user (QEMU's docs/interop/vfio-user.rst) for PCI devices.
 *
 * <h2>What a message becomes</h2>
 *
 * <table>
 *   <caption>Messages of the VMM and what comes of them</caption>
 *   <tr><th>message</th><th>effect</th></tr>
 *   <tr><td>VERSION</td><td>0.x is answered with the same minor; it has to be the first</td></tr>
 *   <tr><td>DMA_MAP</td><td>is answered at once and maps nothing. The first message that is
 *       neither a map nor an unmap ends the list: {@link
 *       dev.aerostat.vfio.user.GuestMemoryHost#shared} is given the memory. What is mapped later
 *       has to be part of it; of what has no file (ROMs, BARs of other devices) nothing is
 *       made</td></tr>
 *   <tr><td>DMA_UNMAP</td><td>is answered at once. The memory stays: a chipset takes low memory
 *       away and brings it back ten times a boot</td></tr>
 *   <tr><td>DEVICE_GET_INFO, GET_REGION_INFO, GET_IRQ_INFO, SET_IRQS, REGION_READ, REGION_WRITE,
 *       DEVICE_RESET</td><td>are the device's ({@link dev.aerostat.vfio.user.ServedDevice}). A
 *       region is asked only for what lies in it</td></tr>
 *   <tr><td>others</td><td>are answered with EOPNOTSUPP</td></tr>
 *   <tr><td>the connection ends</td><td>{@link
 *       dev.aerostat.vfio.user.ServedDevice#disconnected}, then, with the guest's last device, {@link
 *       dev.aerostat.vfio.user.GuestMemoryHost#gone}, and the memory goes</td></tr>
 * </table>
 *
 * <h2>What cannot be served</h2>
 *
 * A request that cannot be served is answered with an error number, and logged. QEMU only prints an
 * error of DMA_MAP; memory that cannot be used is refused by the answer to what follows, which ends
 * its start. A message that breaks the protocol ends the session, with a sentence that says why; so
 * does one that is left unfinished, or a reply unread, for 10 s.
 */
package dev.aerostat.vfio.user;
