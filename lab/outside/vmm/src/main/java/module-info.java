/** A VMM of somebody's. */
module com.example.vmm {
  requires dev.aerostat.engine;
  requires dev.aerostat.guest.sim;
}
