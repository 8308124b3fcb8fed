/**
 * The contract between the engine and whatever pins memory and fills the IOMMU.
 *
 * <h2>Writing a plugin</h2>
 *
 * <ol>
 *   <li>Implement {@link dev.aerostat.mapper.spi.DmaMapper} and run {@code
 *       dev.aerostat.testkit.MapperContract} on it.
 *   <li>Implement {@link dev.aerostat.mapper.spi.MapperProvider} with a public constructor that
 *       does nothing, and mark it with {@link dev.aerostat.mapper.spi.MapperName}. Nothing native
 *       may be touched before {@code open}; {@code availability} looks, but does not initialise.
 *   <li>Declare it: {@code provides dev.aerostat.mapper.spi.MapperProvider with …} in the module
 *       descriptor, and the same in {@code META-INF/services} for the class path.
 * </ol>
 *
 * <h2>Who calls what, in which order</h2>
 *
 * The engine reads {@link dev.aerostat.mapper.spi.DmaMapper#limits()} once, before the guest
 * starts, and plans its granules by it. It then only makes legal calls: no overlap, no unmap that
 * cuts a mapping, never more live mappings than planned. It populates memory before it maps it, so
 * a map is short. At the end it unmaps all and closes.
 */
package dev.aerostat.mapper.spi;
