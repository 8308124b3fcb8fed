package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.vfio.VfioLayouts.offset;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VfioLayoutsTest {
  private static final Path HEADER = Path.of("/usr/include/linux/vfio.h");
  private static final Path COMPILER = Path.of("/usr/bin/cc");

  private static final List<StructLayout> LAYOUTS =
      List.of(
          VfioLayouts.DMA_MAP,
          VfioLayouts.DMA_UNMAP,
          VfioLayouts.INFO,
          VfioLayouts.CAP_HEADER,
          VfioLayouts.GROUP_STATUS,
          VfioLayouts.DEVICE_INFO,
          VfioLayouts.REGION_INFO,
          VfioLayouts.IRQ_SET);

  @Test
  void fieldsLieWhereTheCompilerPutsThem(@TempDir Path directory) throws Exception {
    assumeTrue(
        Files.exists(HEADER) && Files.isExecutable(COMPILER),
        "SKIPPED: no C compiler (%s) or no kernel headers (%s)".formatted(COMPILER, HEADER));
    String expected = fields().map(Field::line).collect(joining("\n"));
    assertEquals(expected, run(directory, program()));
  }

  @Test
  void argumentsThatTheKernelMeasuresHaveItsSizes() {
    assertEquals(32, VfioLayouts.DMA_MAP.byteSize());
    assertEquals(24, VfioLayouts.DMA_UNMAP.byteSize());
    assertEquals(24, VfioLayouts.INFO.byteSize());
    assertEquals(8, VfioLayouts.CAP_HEADER.byteSize());
    assertEquals(8, VfioLayouts.GROUP_STATUS.byteSize());
    assertEquals(16, VfioLayouts.DEVICE_INFO.byteSize());
    assertEquals(32, VfioLayouts.REGION_INFO.byteSize());
    assertEquals(20, VfioLayouts.IRQ_SET.byteSize());
  }

  private static Stream<Field> fields() {
    return LAYOUTS.stream()
        .flatMap(
            struct ->
                struct.memberLayouts().stream()
                    .flatMap(member -> member.name().stream())
                    .map(name -> new Field(struct, name)));
  }

  private static String program() {
    return fields()
        .map(Field::statement)
        .collect(
            joining(
                "\n",
                """
                #include <stddef.h>
                #include <stdio.h>
                #include <linux/vfio.h>
                #define SHOW(s, f) printf(#s "." #f " at %zu, %zu bytes\\n", \\
                    offsetof(struct s, f), sizeof(((struct s *) 0)->f))
                int main(void) {
                """,
                "\nreturn 0; }\n"));
  }

  private static String run(Path directory, String program) throws Exception {
    Path source = Files.writeString(directory.resolve("layouts.c"), program);
    Path binary = directory.resolve("layouts");
    assertEquals("", output(COMPILER.toString(), "-o", binary.toString(), source.toString()));
    return output(binary.toString());
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  private record Field(StructLayout struct, String name) {
    private String structName() {
      return struct.name().orElseThrow();
    }

    private String statement() {
      return "SHOW(%s, %s);".formatted(structName(), name);
    }

    private String line() {
      MemoryLayout field = struct.select(MemoryLayout.PathElement.groupElement(name));
      return "%s.%s at %d, %d bytes"
          .formatted(structName(), name, offset(struct, name), field.byteSize());
    }
  }
}
