package dev.aerostat.mapper.vfio.backend;

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

/** Structures as a C compiler lays them out, after the kernel's headers. */
public final class CompiledLayouts {
  private static final Path HEADER = Path.of("/usr/include/linux/vfio.h");
  private static final Path COMPILER = Path.of("/usr/bin/cc");

  /**
   * What headers lack that are older than iommufd (Linux 6.2), device files (6.6),
   * IOMMU_IOAS_MAP_FILE (6.13).
   */
  private static final String NEWER_STRUCTURES =
      """
      #if __has_include(<linux/iommufd.h>)
      #include <linux/iommufd.h>
      #else
      struct iommu_ioas_alloc { __u32 size, flags, out_ioas_id; };
      struct iommu_iova_range { __aligned_u64 start, last; };
      struct iommu_ioas_iova_ranges {
          __u32 size, ioas_id, num_iovas, __reserved; __aligned_u64 allowed_iovas, out_iova_alignment; };
      struct iommu_ioas_map {
          __u32 size, flags, ioas_id, __reserved; __aligned_u64 user_va, length, iova; };
      struct iommu_ioas_unmap { __u32 size, ioas_id; __aligned_u64 iova, length; };
      #endif
      #ifndef IOMMU_IOAS_MAP_FILE
      struct iommu_ioas_map_file {
          __u32 size, flags, ioas_id; __s32 fd; __aligned_u64 start, length, iova; };
      #endif
      #ifndef VFIO_DEVICE_BIND_IOMMUFD
      struct vfio_device_bind_iommufd { __u32 argsz, flags; __s32 iommufd; __u32 out_devid; };
      struct vfio_device_attach_iommufd_pt { __u32 argsz, flags, pt_id; };
      struct vfio_device_detach_iommufd_pt { __u32 argsz, flags; };
      #endif
      """;

  private CompiledLayouts() {}

  /** Asserts that each field lies where the compiler puts it; skips the test if there is none. */
  public static void assertSame(Path directory, List<StructLayout> layouts) throws Exception {
    assumeTrue(
        Files.exists(HEADER) && Files.isExecutable(COMPILER),
        "SKIPPED: no C compiler (%s) or no kernel headers (%s)".formatted(COMPILER, HEADER));
    List<Field> fields = fields(layouts);
    String expected = fields.stream().map(Field::line).collect(joining("\n"));
    assertEquals(expected, run(directory, program(fields)));
  }

  private static List<Field> fields(List<StructLayout> layouts) {
    return layouts.stream()
        .flatMap(
            struct ->
                struct.memberLayouts().stream()
                    .flatMap(member -> member.name().stream())
                    .map(name -> new Field(struct, name)))
        .toList();
  }

  private static String program(List<Field> fields) {
    return fields.stream()
        .map(Field::statement)
        .collect(
            joining(
                "\n",
                """
                #include <stddef.h>
                #include <stdio.h>
                #include <linux/vfio.h>
                """
                    + NEWER_STRUCTURES
                    + """
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
          .formatted(structName(), name, Uapi.offset(struct, name), field.byteSize());
    }
  }
}
