package dev.aerostat.memory.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.HostMemory;
import dev.aerostat.memory.linux.LinuxHostMemory;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NativeAccessTest {
  @Test
  void nothingIsMissingHere() {
    assertEquals(Optional.empty(), NativeAccess.missing());
  }

  @Test
  void withoutNativeAccessTheExactFlagIsNamed() throws Exception {
    assertEquals(
        "native access is not enabled: start java with --enable-native-access=ALL-UNNAMED",
        outputOfJava("--illegal-native-access=deny"));
    assertEquals("done", outputOfJava("--enable-native-access=ALL-UNNAMED"));
  }

  private static String outputOfJava(String flag) throws Exception {
    String path =
        String.join(
            File.pathSeparator,
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            locationOf(LinuxHostMemory.class),
            locationOf(HostMemory.class));
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-Xshare:auto",
                flag,
                "-cp",
                path,
                NativeAccessUser.class.getName())
            .redirectErrorStream(true)
            .start();
    return new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static String locationOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
