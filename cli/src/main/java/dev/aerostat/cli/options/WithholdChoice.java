package dev.aerostat.cli.options;

import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.Variant;
import dev.aerostat.simulation.Withholding;
import picocli.CommandLine.Option;

/** The option that chooses what keeps memory from the guest until it is mapped. */
public final class WithholdChoice {
  private static final String OPTION = "--withhold virtio-mem";

  @Option(
      names = "--withhold",
      paramLabel = "balloon|virtio-mem",
      defaultValue = "balloon",
      description = {
        "What keeps memory from the guest until it is mapped: balloon, which the guest's driver"
            + " fills, or virtio-mem: the guest boots with --resident, and its stock driver plugs"
            + " the rest, 128M at a time; it boots with what is no whole 128M, too, and with 64M"
            + " at least. A recording is of a balloon. Default: ${DEFAULT-VALUE}."
      })
  private Withholding withholding = Withholding.BALLOON;

  /** Created by picocli. */
  WithholdChoice() {}

  /**
   * Returns what was chosen.
   *
   * @return the balloon unless the user chose otherwise
   */
  public Withholding way() {
    return withholding;
  }

  /**
   * Checks that other options go with it.
   *
   * @param balloonPage what the guest is to balloon at a time
   * @param variant how memory is mapped
   * @param guest how the guest behaves
   * @throws IllegalArgumentException if one does not: the message names both
   */
  public void check(BalloonPageOption balloonPage, Variant variant, GuestBehaviour guest) {
    if (withholding == Withholding.BALLOON) {
      return;
    }
    if (!balloonPage.equals(BalloonPageOption.SMALL)) {
      throw new IllegalArgumentException(
          "%s and --balloon-page %s: there is no balloon then; leave one of them out"
              .formatted(OPTION, balloonPage.size().exactly()));
    }
    if (!variant.async()) {
      throw new IllegalArgumentException(
          "%s and --strategy sync, which maps all memory first: leave one of them out"
              .formatted(OPTION));
    }
    if (guest != GuestBehaviour.LINUX && guest != GuestBehaviour.NONE) {
      throw new IllegalArgumentException(
          "%s and --guest %s, which is how a balloon driver behaves: expected linux or none"
              .formatted(OPTION, guest));
    }
  }

  /**
   * Checks that a recording is replayed as it was made.
   *
   * @throws IllegalArgumentException if it is to be withheld by virtio-mem
   */
  public void checkRecorded() {
    if (withholding != Withholding.BALLOON) {
      throw new IllegalArgumentException(
          "%s: a recording is of a balloon driver, and can be replayed on a balloon only; use 'aerostat boot %s' to simulate the other"
              .formatted(OPTION, OPTION));
    }
  }
}
