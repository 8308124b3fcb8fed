package dev.aerostat.mapper.vfio.type1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.mapper.vfio.backend.CompiledLayouts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class Type1LayoutsTest {
  @Test
  void fieldsLieWhereTheCompilerPutsThem(@TempDir Path directory) throws Exception {
    CompiledLayouts.assertSame(
        directory,
        List.of(
            Type1Layouts.DMA_MAP,
            Type1Layouts.DMA_UNMAP,
            Type1Layouts.INFO,
            Type1Layouts.CAP_HEADER,
            Type1Layouts.GROUP_STATUS));
  }

  @Test
  void argumentsThatTheKernelMeasuresHaveItsSizes() {
    assertEquals(32, Type1Layouts.DMA_MAP.byteSize());
    assertEquals(24, Type1Layouts.DMA_UNMAP.byteSize());
    assertEquals(24, Type1Layouts.INFO.byteSize());
    assertEquals(8, Type1Layouts.CAP_HEADER.byteSize());
    assertEquals(8, Type1Layouts.GROUP_STATUS.byteSize());
  }
}
