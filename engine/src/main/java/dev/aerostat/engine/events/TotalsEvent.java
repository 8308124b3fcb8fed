package dev.aerostat.engine.events;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;

/** How far an engine is, and all that it has counted since its start. */
@Name("dev.aerostat.Totals")
@Label("Totals")
@Description("How far an engine is, and what it has counted since its start")
@Period("1 s")
final class TotalsEvent extends EngineEvent {
  @Label("Memory")
  @DataAmount
  long memoryBytes;

  @Label("Mapped")
  @DataAmount
  long mappedBytes;

  @Label("Ballooned")
  @DataAmount
  long balloonedBytes;

  @Label("Target")
  @DataAmount
  long targetBytes;

  @Label("Unplugged")
  @Description("What a virtio-mem device has and the guest has not plugged")
  @DataAmount
  long unpluggedBytes;

  @Label("Gate Open")
  boolean gateOpen;

  @Label("Inflate Messages")
  long inflateMessages;

  @Label("Inflated")
  @Description("A page that is named twice counts twice")
  @DataAmount
  long inflatedBytes;

  @Label("Deflate Messages")
  long deflateMessages;

  @Label("Deflated")
  @Description("A page that is named twice counts twice")
  @DataAmount
  long deflatedBytes;

  @Label("Deflated on Demand")
  @Description("What of it was not mapped when its message was read")
  @DataAmount
  long onDemandBytes;

  @Label("Deflate Waits")
  @Description("Deflate messages that waited for a map")
  long deflateWaits;

  @Label("Maps")
  long maps;

  @Label("Refusals")
  long refusals;

  @Label("Resets")
  long resets;

  @Label("DMA Wanted")
  long dmaWanted;

  @Label("Guest Mistakes")
  long mistakes;

  void progress(Progress progress) {
    memoryBytes = progress.memoryBytes();
    mappedBytes = progress.mappedBytes();
    balloonedBytes = progress.balloonedBytes();
    targetBytes = progress.targetBytes();
    unpluggedBytes = progress.unpluggedBytes();
    gateOpen = progress.gateOpen();
  }

  void counters(EngineCounters counters) {
    inflateMessages = counters.inflateMessages();
    inflatedBytes = Pages.toBytes(counters.inflatePages());
    deflateMessages = counters.deflateMessages();
    deflatedBytes = Pages.toBytes(counters.deflatePages());
    onDemandBytes = Pages.toBytes(counters.onDemandPages());
    maps = counters.maps();
    refusals = counters.refusals();
    dmaWanted = counters.dmaWanted();
  }
}
