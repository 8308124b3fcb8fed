package dev.aerostat.engine.core;

import java.util.BitSet;

/** How large the balloon may be asked to be. */
final class TargetBooks {
  private final CoreSettings settings;
  private final GuestBooks guest;
  private final HostBooks host;
  long operatorPages;
  long shown = -1;
  private long ceiling = Long.MAX_VALUE;
  private long room = 256 * 512;
  private boolean messageSeen;

  TargetBooks(CoreSettings settings, GuestBooks guest, HostBooks host) {
    this.settings = settings;
    this.guest = guest;
    this.host = host;
  }

  /** A message as large as the largest so far may be under way; before the first, the largest. */
  void inflated(long messagePages) {
    room = messageSeen ? Math.max(room, messagePages) : Math.max(256, messagePages);
    messageSeen = true;
  }

  /** A guest that takes memory back unasked is not asked for it again. */
  void deflated(long messagePages, boolean gateClosed) {
    boolean compaction = messagePages == 1 || messagePages == 512;
    if (gateClosed && !compaction && guest.balloon.pages() < shown) {
      ceiling = guest.balloon.pages();
    }
  }

  void reset() {
    ceiling = Long.MAX_VALUE;
  }

  void set(long pages, boolean gateClosed) {
    Rule.TARGET.require(pages >= operatorPages, "below the operator's", pages, operatorPages);
    long ballooned = guest.balloon.pages();
    if (settings.async() && gateClosed) {
      Rule.TARGET.require(
          pages >= ballooned, "forces a deflate: target, balloon", pages, ballooned);
      long most = Math.max(operatorPages, Math.max(ballooned, Math.min(ceiling, spare())));
      Rule.TARGET.require(pages <= most, "eats the guest minimum: target, most", pages, most);
    } else if (settings.async() && settings.preMap()) {
      long ready = guest.returnOrder.readyPages();
      Rule.TARGET.require(
          pages >= ballooned - ready, "asks for unmapped pages back", pages, ballooned, ready);
    }
    shown = pages;
  }

  void requireUpToDate(boolean gateClosed) {
    long expected = Math.max(operatorPages, own(gateClosed));
    Rule.TARGET.require(shown == expected, "shown, expected", shown, expected);
  }

  private long own(boolean gateClosed) {
    if (!settings.async() || (!gateClosed && !settings.preMap())) {
      return 0;
    }
    long ballooned = guest.balloon.pages();
    if (!gateClosed) {
      return ballooned - guest.returnOrder.readyPages();
    }
    BitSet unmappedRam = (BitSet) guest.ram.clone();
    unmappedRam.andNot(host.mappedPages);
    long unmapped = unmappedRam.cardinality();
    long useful = Math.max(ballooned, Math.min(ceiling, Math.min(spare(), unmapped)));
    boolean inflating = ballooned > 0 && ballooned < shown && ceiling == Long.MAX_VALUE;
    return inflating ? Math.max(useful, Math.min(shown, ballooned + room)) : useful;
  }

  private long spare() {
    return Math.max(0, guest.ram.cardinality() - settings.guestMinimumPages());
  }
}
