package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.mapper.vfio.backend.CompiledLayouts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VfioLayoutsTest {
  @Test
  void fieldsLieWhereTheCompilerPutsThem(@TempDir Path directory) throws Exception {
    CompiledLayouts.assertSame(
        directory,
        List.of(
            VfioLayouts.DEVICE_INFO,
            VfioLayouts.REGION_INFO,
            VfioLayouts.IRQ_INFO,
            VfioLayouts.IRQ_SET));
  }

  @Test
  void argumentsThatTheKernelMeasuresHaveItsSizes() {
    assertEquals(16, VfioLayouts.DEVICE_INFO.byteSize());
    assertEquals(32, VfioLayouts.REGION_INFO.byteSize());
    assertEquals(16, VfioLayouts.IRQ_INFO.byteSize());
    assertEquals(20, VfioLayouts.IRQ_SET.byteSize());
  }
}
