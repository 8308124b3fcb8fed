package dev.aerostat.simulation;

import dev.aerostat.guest.sim.Flood;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a simulated guest behaves. */
public enum GuestBehaviour {
  /** As a freshly booted Linux does. */
  LINUX,
  /** It has no driver of a balloon, nor of virtio-mem. */
  NONE,
  /** Its driver stops forever after half of its pages. */
  STALLS,
  /** Compaction and out-of-memory deflates go on while memory is handed back. */
  PRESSURED,
  /** It floods its device: {@link Flood#INFLATES}. */
  FLOOD_INFLATES(Flood.INFLATES),
  /** It floods its device: {@link Flood#CHURN}. */
  FLOOD_CHURN(Flood.CHURN),
  /** It floods its device: {@link Flood#RESETS}. */
  FLOOD_RESETS(Flood.RESETS),
  /** It floods its device: {@link Flood#KICKS}. */
  FLOOD_KICKS(Flood.KICKS),
  /** It floods its device: {@link Flood#BUS_MASTERING}. */
  FLOOD_BUS_MASTERING(Flood.BUS_MASTERING);

  private final Optional<Flood> flood;

  GuestBehaviour() {
    flood = Optional.empty();
  }

  GuestBehaviour(Flood flood) {
    this.flood = Optional.of(flood);
  }

  /**
   * Returns what the guest floods its device with.
   *
   * @return nothing for a guest that comes to an end
   */
  public Optional<Flood> flood() {
    return flood;
  }

  /**
   * Returns the guest that floods its device so.
   *
   * @param flood what it does without end
   * @return the guest
   */
  public static GuestBehaviour flooding(Flood flood) {
    return Arrays.stream(values())
        .filter(guest -> guest.flood.filter(flood::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  /** Returns the name as users read it: {@code flood-bus-mastering}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
