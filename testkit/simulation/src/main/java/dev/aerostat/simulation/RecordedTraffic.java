package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.guest.sim.BalloonDriver;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.simulation.trace.QuietPages;
import dev.aerostat.simulation.trace.TraceHeader;
import dev.aerostat.simulation.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a balloon driver was recorded saying, read and checked from beginning to end. Immutable. */
public final class RecordedTraffic {
  private final Path file;
  private final TraceHeader header;
  private final GuestRange rings;

  private RecordedTraffic(Path file, TraceHeader header, GuestRange rings) {
    this.file = file;
    this.header = header;
    this.rings = rings;
  }

  /**
   * Reads a whole recording.
   *
   * @param file plain or compressed with gzip
   * @return the recording
   * @throws IOException if the file cannot be read or is not a recording: the message names file,
   *     line, what was found and what was expected
   */
  public static RecordedTraffic open(Path file) throws IOException {
    GuestRange rings = placeForRings(file);
    try (TraceReader reader = TraceReader.open(file)) {
      return new RecordedTraffic(file, reader.header(), rings);
    }
  }

  private static GuestRange placeForRings(Path file) throws IOException {
    int pages = (int) Pages.ofBytes(BalloonDriver.RING_BYTES + Pages.SIZE - 1);
    return QuietPages.find(file, pages)
        .orElseThrow(
            () ->
                new IOException(
                    "%s: no %d neighbouring pages stay out of the balloon, so there is no place for"
                            .formatted(file, pages)
                        + " the rings of a replay"));
  }

  /**
   * Returns the file's name.
   *
   * @return without its directory
   */
  public String name() {
    return String.valueOf(file.getFileName());
  }

  /**
   * Returns the guest's RAM.
   *
   * @return bytes, holes not counted
   */
  public long memoryBytes() {
    return header.memoryBytes();
  }

  /**
   * Returns where the guest's RAM lies.
   *
   * @return ascending
   */
  public List<GuestRange> ram() {
    return header.ram();
  }

  /**
   * Wakes the guest again.
   *
   * @param memory its RAM, laid out as {@link #ram()} says
   * @param bus where its driver finds the device
   * @param clock its time
   * @return the guest, not started yet; the caller closes it
   * @throws IOException if the file can no longer be read
   */
  public RecordedGuest wake(GuestMemory memory, DeviceTransport bus, ReplayClock clock)
      throws IOException {
    return new RecordedGuest(
        TraceReader.open(file), new BalloonDriver(memory, bus, rings.start()), clock);
  }
}
