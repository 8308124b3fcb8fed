/** A VMM that Dagger wires. */
module com.example.wiring {
  requires dagger;
  requires dev.aerostat.engine;
  requires dev.aerostat.tracker;
  requires jakarta.inject;
  requires static java.compiler;
}
