package dev.aerostat.simulation;

/**
 * How memory is mapped.
 *
 * @param async whether the gate opens as soon as all pages are ballooned or mapped; else once all
 *     are mapped
 * @param preMap whether ballooned memory is mapped before the guest asks for it
 * @param merge whether adjacent pages are tracked and mapped together; else each page is an
 *     operation and a map of its own
 */
public record Variant(boolean async, boolean preMap, boolean merge) {
  /** Everything is mapped, then the gate opens: today's way. */
  public static final Variant SYNC = new Variant(false, false, true);

  /** Asynchronous DMA map with all that belongs to it. */
  public static final Variant ASYNC = new Variant(true, true, true);
}
