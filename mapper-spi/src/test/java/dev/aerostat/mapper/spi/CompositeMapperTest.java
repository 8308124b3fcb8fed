package dev.aerostat.mapper.spi;

import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.UNMAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
