package dev.aerostat.mapper.vfio.iommufd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.mapper.vfio.backend.CompiledLayouts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IommufdLayoutsTest {
  @Test
  void fieldsLieWhereTheCompilerPutsThem(@TempDir Path directory) throws Exception {
    CompiledLayouts.assertSame(
        directory,
        List.of(
            IommufdLayouts.BIND_IOMMUFD,
            IommufdLayouts.ATTACH_IOMMUFD_PT,
            IommufdLayouts.DETACH_IOMMUFD_PT,
            IommufdLayouts.IOAS_ALLOC,
            IommufdLayouts.IOVA_RANGE,
            IommufdLayouts.IOAS_IOVA_RANGES,
            IommufdLayouts.IOAS_MAP,
            IommufdLayouts.IOAS_UNMAP,
            IommufdLayouts.IOAS_MAP_FILE));
  }

  @Test
  void argumentsThatTheKernelMeasuresHaveItsSizes() {
    assertEquals(16, IommufdLayouts.BIND_IOMMUFD.byteSize());
    assertEquals(12, IommufdLayouts.ATTACH_IOMMUFD_PT.byteSize());
    assertEquals(8, IommufdLayouts.DETACH_IOMMUFD_PT.byteSize());
    assertEquals(12, IommufdLayouts.IOAS_ALLOC.byteSize());
    assertEquals(16, IommufdLayouts.IOVA_RANGE.byteSize());
    assertEquals(32, IommufdLayouts.IOAS_IOVA_RANGES.byteSize());
    assertEquals(40, IommufdLayouts.IOAS_MAP.byteSize());
    assertEquals(24, IommufdLayouts.IOAS_UNMAP.byteSize());
    assertEquals(40, IommufdLayouts.IOAS_MAP_FILE.byteSize());
  }
}
