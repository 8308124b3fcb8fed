package dev.aerostat.engine.core;

import java.util.BitSet;

/** A deflate message that the guest waits for. */
final class DeflateBook {
  final BitSet named = new BitSet();
  final BitSet leaving = new BitSet();

  /** Granules that must be mapped before it may be returned. */
  final BitSet waits = new BitSet();

  long pages;
  boolean whole;
}
