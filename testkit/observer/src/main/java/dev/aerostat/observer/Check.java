package dev.aerostat.observer;

/** What the observer checks. The numbers are those of the rules in {@code docs/architecture.md}. */
public enum Check {
  /** The gate opened while a guest-owned page was not mapped. */
  OPENED_UNMAPPED(1, "the gate opened while the guest owned unmapped pages"),
  /** A deflate returned unmapped pages while DMA could reach them. */
  RETURNED_UNMAPPED(1, "a deflate was returned unmapped with the gate not closed"),
  /** A guest-owned page was unmapped while DMA could reach it. */
  UNMAPPED_IN_USE(1, "pages of the guest were unmapped with the gate not closed"),
  /** The gate was asked to open or close while it was not fully closed or fully open. */
  GATE_OUT_OF_TURN(1, "the gate was asked out of turn"),
  /** A deflate was returned before its pages were mapped. */
  ACK_BEFORE_MAP(2, "a deflate was returned before its pages were mapped"),
  /** A message was returned that the guest had back already. */
  ACK_TWICE(2, "a message was returned twice"),
  /** A message was returned that the guest never sent. */
  ACK_OF_UNKNOWN(2, "a message was returned that was never sent"),
  /** A message was never returned. */
  LOST_MESSAGE(2, "a message was never returned"),
  /** A plug was acknowledged before its pages were mapped. */
  PLUG_BEFORE_MAP(2, "blocks were plugged before their pages were mapped"),
  /** A request to a virtio-mem device was answered as the specification does not have it. */
  WRONG_ANSWER(8, "a request to plug or unplug was answered wrongly"),
  /** A map overlapped a live mapping. */
  MAP_OVERLAPS(3, "a map overlapped a live mapping"),
  /** A map reached outside a region of RAM. */
  MAP_OUTSIDE_RAM(3, "a map left its region of RAM"),
  /** A map put other host memory behind an address than the guest has there. */
  MAP_OF_WRONG_MEMORY(3, "a map showed the device other memory than the guest sees"),
  /** A map asked for more live mappings than planned. */
  TOO_MANY_MAPPINGS(3, "more live mappings than planned"),
  /** A map was tried again where a refusal left open what is mapped. */
  MAP_OF_UNSURE(3, "a map was tried again without an unmap, though its refusal promised nothing"),
  /** An unmap would cut a mapping in two. */
  UNMAP_CUTS(3, "an unmap cut a mapping in two"),
  /** An unmap found no mapping in its range. */
  UNMAP_OF_NOTHING(3, "an unmap found nothing mapped"),
  /** A discard hit a page that is not ballooned. */
  DISCARD_IN_USE(4, "pages were discarded that are not ballooned"),
  /** A discard hit a mapped page. */
  DISCARD_MAPPED(4, "mapped pages were discarded"),
  /** A discard reached outside a region of RAM. */
  DISCARD_OUTSIDE_RAM(4, "a discard left its region of RAM"),
  /** A reset completed while DMA could reach unmapped pages. */
  RESET_UNMAPPED(6, "a reset completed with unmapped pages and the gate not closed");

  private final int rule;
  private final String breach;

  Check(int rule, String breach) {
    this.rule = rule;
    this.breach = breach;
  }

  /**
   * Returns the rule that is broken.
   *
   * @return its number, from 1
   */
  public int rule() {
    return rule;
  }

  /**
   * Returns what went wrong.
   *
   * @return half a sentence without a full stop
   */
  public String breach() {
    return breach;
  }
}
