package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.cli.text.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  @Test
  void aReportHasEveryFieldAndVariantIsNull() {
    assertEquals(
        """
        {
          "memoryBytes": 412316860416,
          "residentBytes": 7516192768,
          "balloonPageBytes": 2097152,
          "withhold": "balloon",
          "strategy": "async",
          "variant": null,
          "mapper": "sim",
          "guest": "linux",
          "seed": 0,
          "timeline": {
            "inflatedNanos": 2440000000,
            "dmaReadyNanos": 2534000000,
            "fullyMappedNanos": 96000000000,
            "balloonEmptyNanos": 97000000000,
            "pluggedNanos": null
          },
          "inflate": {
            "messages": 755,
            "pages": 98828288,
            "runs": 193024,
            "peakRanges": 2
          },
          "deflate": {
            "messages": 755,
            "pages": 98828288,
            "preMappedPages": 98820096,
            "onDemandPages": 8192,
            "onDemandMaps": 2,
            "ackNanosP50": 12000,
            "ackNanosP99": 3100000,
            "ackNanosMax": 9640000
          },
          "plug": {
            "requests": 0,
            "bytes": 0,
            "waited": 0,
            "waitNanosMax": 0
          },
          "map": {
            "calls": 24576,
            "bytes": 412316860416,
            "bytesAtGate": 10737418240,
            "liveMappings": 24576,
            "peakMappings": 24576,
            "busyNanos": 7220000000,
            "populateBusyNanos": 82944000000
          },
          "trackerPeakBytes": 65536,
          "refusals": 0,
          "violations": 0,
          "wallNanos": 1234567890
        }
        """,
        ReportJson.object(Reports.large()));
  }

  @Test
  void whatNeverHappenedIsNull() {
    assertEquals(
        """
        {
          "memoryBytes": 8589934592,
          "residentBytes": 1207959552,
          "balloonPageBytes": 4096,
          "withhold": "balloon",
          "strategy": "async",
          "variant": null,
          "mapper": "sim",
          "guest": "none",
          "seed": 0,
          "timeline": {
            "inflatedNanos": null,
            "dmaReadyNanos": null,
            "fullyMappedNanos": null,
            "balloonEmptyNanos": null,
            "pluggedNanos": null
          },
          "inflate": {
            "messages": 0,
            "pages": 0,
            "runs": 0,
            "peakRanges": 0
          },
          "deflate": {
            "messages": 0,
            "pages": 0,
            "preMappedPages": 0,
            "onDemandPages": 0,
            "onDemandMaps": 0,
            "ackNanosP50": null,
            "ackNanosP99": null,
            "ackNanosMax": null
          },
          "plug": {
            "requests": 0,
            "bytes": 0,
            "waited": 0,
            "waitNanosMax": 0
          },
          "map": {
            "calls": 0,
            "bytes": 0,
            "bytesAtGate": 0,
            "liveMappings": 0,
            "peakMappings": 0,
            "busyNanos": 0,
            "populateBusyNanos": 0
          },
          "trackerPeakBytes": 0,
          "refusals": 7,
          "violations": 0,
          "wallNanos": 1
        }
        """,
        ReportJson.object(Reports.hung()));
  }

  @Test
  void aRunThatCannotBeHasTheSameFieldsWithNullsAndSaysWhy() {
    ComparedVariant variant = ComparedVariant.ASYNC_4K_UNMERGED;
    var trial =
        new ComparedBoot(
            variant,
            variant.scenario(ByteSize.parse("8G")),
            new ComparedBoot.Outcome.Infeasible("2,097,152 mappings, but 65,535 at most"));
    assertEquals(
        """
        [ {
          "memoryBytes": 8589934592,
          "residentBytes": 1207959552,
          "balloonPageBytes": 4096,
          "withhold": "balloon",
          "strategy": "async",
          "variant": "async-4k-unmerged",
          "mapper": "sim",
          "guest": "linux",
          "seed": 0,
          "timeline": {
            "inflatedNanos": null,
            "dmaReadyNanos": null,
            "fullyMappedNanos": null,
            "balloonEmptyNanos": null,
            "pluggedNanos": null
          },
          "inflate": {
            "messages": null,
            "pages": null,
            "runs": null,
            "peakRanges": null
          },
          "deflate": {
            "messages": null,
            "pages": null,
            "preMappedPages": null,
            "onDemandPages": null,
            "onDemandMaps": null,
            "ackNanosP50": null,
            "ackNanosP99": null,
            "ackNanosMax": null
          },
          "plug": {
            "requests": null,
            "bytes": null,
            "waited": null,
            "waitNanosMax": null
          },
          "map": {
            "calls": null,
            "bytes": null,
            "bytesAtGate": null,
            "liveMappings": null,
            "peakMappings": null,
            "busyNanos": null,
            "populateBusyNanos": null
          },
          "trackerPeakBytes": null,
          "refusals": null,
          "violations": null,
          "wallNanos": null,
          "infeasible": "2,097,152 mappings, but 65,535 at most"
        } ]
        """,
        ReportJson.comparison(List.of(trial)));
  }

  @Test
  void namesBeyondAsciiAreEscaped() {
    String json = ReportJson.object(Reports.named(Reports.hung(), "mémoire \"1\".trace"));
    assertEquals(
        "  \"guest\": \"m\\u00E9moire \\\"1\\\".trace\",",
        json.lines().filter(line -> line.contains("guest")).findFirst().orElseThrow());
  }
}
