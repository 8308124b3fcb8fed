package dev.aerostat.mapper.vfio;

/** How a PCI device interrupts: in one of these ways at a time. */
public enum InterruptKind {
  /** A level-triggered pin, of which a function has one. */
  INTX(0),

  /** Message-signalled: up to 32 vectors, as many as the driver chose at the start. */
  MSI(1),

  /** Message-signalled: up to 2,048 vectors, each masked on its own. */
  MSIX(2);

  /** VFIO_PCI_INTX_IRQ_INDEX and so on (linux/vfio.h). */
  private final int index;

  InterruptKind(int index) {
    this.index = index;
  }

  int index() {
    return index;
  }
}
