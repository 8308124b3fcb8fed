package dev.aerostat.mapper.vfio;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Hears how a guest configures a device. Called on the thread of the guest's access, one call at a
 * time. What it throws comes out of {@link GuestConfigSpace#write}: a BAR that it could not hide
 * stays where it is.
 */
public interface GuestConfigListener {
  /**
   * Called when a BAR answers somewhere else. Before it answers no more it is still mapped: take
   * the guest's access away here. Afterwards a mapping of it faults, in KVM as in this process.
   *
   * @param bar the region that it shows
   * @param address guest-physical, the guest's choice: it may lie on RAM or on another BAR; empty
   *     if it answers nowhere
   */
  void barMoved(VfioRegion bar, OptionalLong address);

  /**
   * Called when the guest switches MSI on or off, or changes its message while it is on.
   *
   * @param message empty if it is off: the device interrupts by its pin
   */
  void messageChanged(Optional<MsiMessage> message);
}
