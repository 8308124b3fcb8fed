package dev.aerostat.mem.virtio.device;

/**
 * What the guest's driver asked for and the device cannot decide by itself.
 *
 * <p>The engine implements it. Called from within {@link MemDevice#process}, on the event thread,
 * and must not block. Page numbers are in 4 KiB units; ranges are half-open and whole blocks of the
 * region.
 */
public interface MemEvents {
  /**
   * The driver asks for blocks that are unplugged and no more than it was asked to plug. No further
   * request is read before the answer, {@link MemDevice#answerPlug}: later, or from within this
   * method. Once it is an acknowledgement, the pages are the guest's own.
   *
   * @param firstPage lowest page of the blocks
   * @param endPage page after the highest
   */
  void plugAsked(long firstPage, long endPage);

  /** The driver has gone, by a reset, before {@link #plugAsked} was answered: nobody waits now. */
  void plugDropped();

  /**
   * The driver has given blocks back: it uses them no more.
   *
   * @param pages how many, in 4 KiB units
   */
  void unplugged(long pages);
}
