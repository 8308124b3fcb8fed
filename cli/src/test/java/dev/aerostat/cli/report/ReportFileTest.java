package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
  @TempDir private Path directory = Path.of("");

  private List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertRefused(Path path, String why) {
    var file = new ReportFile(path);
    IOException checked = assertThrows(IOException.class, file::check);
    assertEquals(
        "the report '%s' cannot be written: %s; choose another file".formatted(path, why),
        checked.getMessage());
    assertEquals(
        checked.getMessage(), assertThrows(IOException.class, () -> file.write("x")).getMessage());
  }

  @Test
  void leavesNothingBesideThePage() throws IOException {
    var file = new ReportFile(directory.resolve("a.html"));
    file.check();
    assertEquals(List.of(), names());
    file.write("one");
    file.write("two");
    assertEquals(List.of("a.html"), names());
    assertEquals("two", Files.readString(directory.resolve("a.html")));
  }

  @Test
  void refusesWhatIsNoPlaceForAFile() throws IOException {
    assertRefused(
        directory.resolve("no/a.html"),
        "there is no directory '%s'".formatted(directory.resolve("no")));
    assertRefused(directory, "it is a directory");
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(IOException.class, new ReportFile(file.resolve("a.html"))::check);
    assertEquals(List.of("file"), names());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void neverPutsAFileInThePlaceOfADevice() {
    assertRefused(Path.of("/dev/full"), "it is no regular file");
    assertTrue(Files.exists(Path.of("/dev/full")) && !Files.isRegularFile(Path.of("/dev/full")));
  }

  @Test
  void followsASymbolicLink() throws IOException {
    Path target = Files.writeString(directory.resolve("target.html"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link.html"), target);
    new ReportFile(link).write("new");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(target));
  }

  @Test
  void guestsAfterTheFirstHaveFilesWithTheirNumbers() {
    assertEquals(Path.of("a/b.html"), ReportChoice.numbered(Path.of("a/b.html"), 1));
    assertEquals(Path.of("a/b-2.html"), ReportChoice.numbered(Path.of("a/b.html"), 2));
    assertEquals(Path.of("a.d/b-12"), ReportChoice.numbered(Path.of("a.d/b"), 12));
    assertEquals(Path.of(".b-3"), ReportChoice.numbered(Path.of(".b"), 3));
  }
}
