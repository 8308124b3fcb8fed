package dev.aerostat.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.JsonDocument;
import dev.aerostat.cli.JsonPaths;
import dev.aerostat.cli.boot.FakeSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

final class DoctorCommandTest {
  private static final Path GUIDE = Path.of("../docs/doctor.md");

  /** Whatever this host is: all of it, once, and an exit code that agrees with the last line. */
  @Test
  void thisHostIsExamined() {
    Invocation doctor = Invocation.of(FakeSimulator.smooth(), "doctor", "--memory", "64M");
    String verdict = doctor.out().substring(doctor.out().indexOf("verdict"));
    assertTrue(doctor.out().contains("Java: " + Runtime.version()), doctor.out());
    assertEquals(doctor.exitCode() == 0, verdict.contains("can work here"), doctor.out());
    assertEquals(doctor.exitCode() == 1, verdict.contains("cannot work here"), doctor.out());
    assertEquals("", doctor.err());
  }

  @Test
  void aDeviceThatIsNoneIsWrongUsage() {
    Invocation doctor = Invocation.of(FakeSimulator.smooth(), "doctor", "--device", "eth0");
    assertEquals(2, doctor.exitCode(), doctor.out());
    assertTrue(doctor.err().contains("'eth0' is no PCI address"), doctor.err());
  }

  @Test
  void noLineIsWiderThan60ColumnsUnlessItIsOneWord(@TempDir Path root, @TempDir Path empty)
      throws IOException {
    PretendedHost host = aHostToMend(root);
    assertFits(DiagnosisText.of(host.diagnosis(384)));
    assertFits(DiagnosisText.of(host.diagnosis(384, PretendedHost.EDU, "0000:00:06.0")));
    assertFits(DiagnosisText.of(new PretendedHost(empty).diagnosis(8)));
  }

  private static void assertFits(String text) {
    text.lines()
        .forEach(
            line ->
                assertTrue(
                    line.length() <= 60 || line.strip().matches("\\S+( \\\\)?"), () -> line));
  }

  @Test
  void theGuidesSampleIsWhatIsPrinted(@TempDir Path root) throws IOException {
    String text = DiagnosisText.of(aHostToMend(root).diagnosis(384));
    String guide = Files.readString(GUIDE);
    String java = Runtime.version().toString();
    assertTrue(guide.contains(text.replace(java, "25.0.3+9-LTS")), text);
  }

  @Test
  void rootIsToldTheSameCommandsWithoutSudo(@TempDir Path root) throws IOException {
    Diagnosis diagnosis = aHostToMend(root).diagnosis(384);
    String text = DiagnosisText.of(diagnosis.withoutSudo());
    assertTrue(DiagnosisText.of(diagnosis).contains("try  sudo prlimit --pid"));
    assertTrue(text.contains("try  prlimit --pid"), text);
    assertTrue(text.contains("| tee "), text);
    assertFalse(text.contains("sudo"), text);
  }

  @Test
  void itsJsonIsWhatTheDocumentSaysOnAnyHost(@TempDir Path root, @TempDir Path empty)
      throws IOException {
    Set<String> documented = new JsonDocument().keys("doctor");
    PretendedHost host = aHostToMend(root);
    for (Diagnosis diagnosis :
        List.of(
            host.diagnosis(384, PretendedHost.EDU),
            new PretendedHost(empty).diagnosis(8, PretendedHost.EDU))) {
      JsonDocument.assertSame(documented, JsonPaths.of(DiagnosisJson.of(diagnosis)));
    }
  }

  /** This one may lack nothing, and then there is no command to type. */
  @Test
  void theCommandPrintsNothingElse() throws IOException {
    Invocation doctor = Invocation.of(FakeSimulator.smooth(), "doctor", "--memory=64M", "--json");
    Set<String> documented = new JsonDocument().keys("doctor");
    assertTrue(documented.remove("devices[]"), "none is named");
    Set<String> printed = JsonPaths.of(doctor.out());
    boolean _ = printed.add("findings[].commands[]");
    JsonDocument.assertSame(documented, printed);
  }

  @Test
  void jsonHasEveryFieldOfEveryFindingAndTheVerdictForAll(@TempDir Path root) throws IOException {
    String json = DiagnosisJson.of(aHostToMend(root).diagnosis(384, PretendedHost.EDU));
    int findings = 0;
    try (var parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        findings += token == JsonToken.PROPERTY_NAME && parser.currentName().equals("cost") ? 1 : 0;
      }
    }
    assertEquals(aHostToMend(root).diagnosis(384, PretendedHost.EDU).entries().size(), findings);
    assertTrue(json.contains("\"memoryBytes\": " + (384L << 30)), json);
    assertTrue(json.contains("\"devices\": [ \"0000:00:05.0\" ]"), json);
    assertTrue(json.contains("\"verdict\": \"missing\""), json);
    assertTrue(json.contains("\"mapper\": \"vfio\""), json);
    assertTrue(json.contains("\"mapper\": null"), json);
    assertTrue(json.contains("\"failure\": \"async DMA map cannot work here"), json);
  }

  /** A host whose user may lock little, and that holds a device of its guest's group. */
  static PretendedHost aHostToMend(Path root) throws IOException {
    if (Files.exists(root.resolve("proc"))) {
      return new PretendedHost(root);
    }
    PretendedHost host = PretendedHost.good(root);
    host.write("proc/self/limits", "Max locked memory         8388608  8388608  bytes\n");
    host.write(PretendedHost.THP + "shmem_enabled", "always within_size advise [never] deny\n");
    host.device("0000:00:05.1", 7, "e1000e");
    return host;
  }
}
