package dev.aerostat.testkit;

import dev.aerostat.api.HostOperation;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One call of a random sequence.
 *
 * @param operation map or unmap
 * @param firstPage first page
 * @param endPage first page after the range
 */
record MapperCall(HostOperation operation, int firstPage, int endPage) {
  static Arbitrary<MapperCall> within(int pages) {
    Arbitrary<HostOperation> operations =
        Arbitraries.of(HostOperation.MAP, HostOperation.MAP, HostOperation.UNMAP);
    Arbitrary<Integer> firstPages = Arbitraries.integers().between(0, pages - 1);
    Arbitrary<Integer> lengths = Arbitraries.integers().between(1, 8);
    return Combinators.combine(operations, firstPages, lengths)
        .as(
            (operation, first, length) ->
                new MapperCall(operation, first, Math.min(pages, first + length)));
  }

  int pages() {
    return endPage - firstPage;
  }
}
