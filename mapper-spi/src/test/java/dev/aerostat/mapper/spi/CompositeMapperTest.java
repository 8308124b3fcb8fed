package dev.aerostat.mapper.spi;

import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.UNMAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CompositeMapperTest {
  private static final IovaRange RANGE = new IovaRange(0x1000, 0x3000);
  private static final HostAddress HOST = new HostAddress(0x7000);

  private final FakeMapper first = new FakeMapper("first");
  private final FakeMapper second = new FakeMapper("second");
  private final FakeMapper third = new FakeMapper("third");
  private final CompositeMapper all = CompositeMapper.of(List.of(first, second, third));

  @Test
  void aMapHappensInAllParts() throws HostRefusedException {
    all.map(RANGE, HOST);
    for (FakeMapper part : List.of(first, second, third)) {
      assertEquals(Map.of(RANGE, HOST), part.mappings);
    }
  }

  @Test
  void aMapThatOnePartRefusesIsUndoneInThePartsBeforeIt() {
    third.refuse(MAP);
    var refusal = assertThrows(HostRefusedException.class, () -> all.map(RANGE, HOST));
    assertEquals("third was told to refuse", refusal.reason().rule());
    assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    assertEquals(Map.of(), first.mappings);
    assertEquals(Map.of(), second.mappings);
    assertEquals(List.of(), third.unmapped);
  }

  @Test
  void aMapThatCannotBeUndoneLeavesTheStateLostAndNamesBothRefusals() {
    third.refuse(MAP);
    second.refuse(UNMAP);
    var lost = assertThrows(HostRefusedException.class, () -> all.map(RANGE, HOST));
    assertEquals(HostRefusedException.State.LOST, lost.state());
    assertEquals(MAP, lost.operation());
    assertEquals("third was told to refuse", lost.reason().rule());
    var suppressed = (HostRefusedException) lost.getSuppressed()[0];
    assertEquals("second was told to refuse", suppressed.reason().rule());
  }

  @Test
  void anUnmapHappensInAllPartsAlsoIfOneRefuses() throws HostRefusedException {
    all.map(RANGE, HOST);
    first.refuse(UNMAP);
    third.refuse(UNMAP);
    var refusal = assertThrows(HostRefusedException.class, () -> all.unmap(RANGE));
    assertEquals("first was told to refuse", refusal.reason().rule());
    assertEquals(1, refusal.getSuppressed().length);
    assertEquals(HostRefusedException.State.LOST, refusal.state());
    assertEquals(RANGE.start(), refusal.start());
    assertEquals(RANGE.length(), refusal.bytes());
    assertEquals(Map.of(), second.mappings);
  }

  @Test
  void anUnmapThatAllPartsRefuseChangesNothing() throws HostRefusedException {
    all.map(RANGE, HOST);
    List.of(first, second, third).forEach(part -> part.refuse(UNMAP));
    var refusal = assertThrows(HostRefusedException.class, () -> all.unmap(RANGE));
    assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    assertEquals(2, refusal.getSuppressed().length);
  }

  @Test
  void theBytesUnmappedAreThoseOfOnePartNotOfAll() throws HostRefusedException {
    all.map(RANGE, HOST);
    assertEquals(RANGE.length(), all.unmap(RANGE));
    all.map(RANGE, HOST);
    assertEquals(RANGE.length(), all.unmapAll());
    assertEquals(0, all.unmapAll());
  }

  @Test
  void limitsAreThoseThatAllPartsAllow() {
    var tight = new MapperLimits(0x1000, 3, List.of(new IovaRange(0, 0x10000)), false);
    var both = CompositeMapper.of(List.of(first, new FakeMapper("tight", tight)));
    assertEquals(tight, both.limits());
  }

  @Test
  void partsWithoutACommonAddressAreRefusedAtOnce() {
    var far = new MapperLimits(0x1000, 3, List.of(new IovaRange(1L << 40, 1L << 41)), false);
    assertThrows(
        IllegalArgumentException.class,
        () -> CompositeMapper.of(List.of(first, new FakeMapper("far", far))));
    assertThrows(IllegalArgumentException.class, () -> CompositeMapper.of(List.of()));
  }

  @Test
  void memoryIsThatOfTheFirstPartAndCloseClosesAll() {
    assertSame(first.hostMemory(), all.hostMemory());
    all.close();
    assertEquals(List.of(1, 1, 1), List.of(first.closed, second.closed, third.closed));
  }

  static List<Throwable> anything() {
    return List.of(
        new IllegalStateException("an exception, expected in this test"),
        new StackOverflowError("pretended, in this test"),
        new OutOfMemoryError("pretended, in this test"),
        new IOException("a checked exception past the compiler, expected in this test"));
  }

  @ParameterizedTest
  @MethodSource("anything")
  void aMapIsUndoneInAllPartsWhateverOneThrows(Throwable thrown) {
    second.mapBreaks = true;
    second.broken = thrown;
    assertSame(thrown, assertThrows(Throwable.class, () -> all.map(RANGE, HOST)));
    assertEquals(List.of(Map.of(), Map.of(), Map.of()), mappings());
  }

  @ParameterizedTest
  @MethodSource("anything")
  void aMapIsUndoneInThePartsBeforeThoughOneOfThemThrowsThen(Throwable thrown) {
    third.refuse(MAP);
    second.unmapBreaks = true;
    second.broken = thrown;
    var lost = assertThrows(HostRefusedException.class, () -> all.map(RANGE, HOST));
    assertEquals(HostRefusedException.State.LOST, lost.state());
    assertSame(thrown, lost.getSuppressed()[0]);
    assertEquals(List.of(Map.of(), Map.of(), Map.of()), mappings());
  }

  @ParameterizedTest
  @EnumSource(
      value = HostRefusedException.State.class,
      names = {"PARTIAL", "LOST"})
  void aPartThatRefusesWithoutAPromiseIsUnmappedToo(HostRefusedException.State state) {
    second.refuse(MAP);
    second.refusalState = state;
    var refusal = assertThrows(HostRefusedException.class, () -> all.map(RANGE, HOST));
    assertEquals(state, refusal.state());
    assertEquals(List.of(Map.of(), Map.of(), Map.of()), mappings());
  }

  @ParameterizedTest
  @MethodSource("anything")
  void anUnmapHappensInAllPartsWhateverOneThrows(Throwable thrown) throws HostRefusedException {
    all.map(RANGE, HOST);
    List.of(first, second).forEach(part -> part.unmapBreaks = true);
    List.of(first, second).forEach(part -> part.broken = thrown);
    assertSame(thrown, assertThrows(Throwable.class, () -> all.unmap(RANGE)));
    assertEquals(List.of(Map.of(), Map.of(), Map.of()), mappings());
  }

  @Test
  void anUnmapIsNoRefusalBecauseOnePartHasNothingThere() throws HostRefusedException {
    List.of(first, second, third).forEach(part -> part.mindsNothing = true);
    second.map(RANGE, HOST);
    assertEquals(RANGE.length(), all.unmap(RANGE));
    var refusal = assertThrows(HostRefusedException.class, () -> all.unmap(RANGE));
    assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    assertEquals(new RefusalCause.NotMapped(), refusal.reason());
  }

  @ParameterizedTest
  @MethodSource("anything")
  void allPartsAreClosedWhateverOneThrows(Throwable thrown) {
    first.closeBreaks = true;
    first.broken = thrown;
    second.closeBreaks = true;
    second.broken = new IllegalStateException("another, expected in this test");
    assertSame(thrown, assertThrows(Throwable.class, all::close));
    assertEquals(List.of(second.broken), List.of(thrown.getSuppressed()));
    assertEquals(List.of(1, 1, 1), List.of(first.closed, second.closed, third.closed));
  }

  private List<Map<IovaRange, HostAddress>> mappings() {
    return List.of(first.mappings, second.mappings, third.mappings);
  }
}
