/**
 * Maps guest memory for real devices, by VFIO and without JNI.
 *
 * <p>Provides the mapper {@code vfio} ({@link dev.aerostat.mapper.vfio.VfioMapperProvider}). Needs
 * {@code --enable-native-access=dev.aerostat.memory.linux}, the module that makes the calls.
 *
 * @provides dev.aerostat.mapper.spi.MapperProvider
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.mapper.vfio {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.mapper.spi;
  requires dev.aerostat.memory.linux;

  exports dev.aerostat.mapper.vfio;

  provides dev.aerostat.mapper.spi.MapperProvider with
      dev.aerostat.mapper.vfio.VfioMapperProvider;
}
