package dev.aerostat.mapper.vfio;

import java.util.regex.Pattern;

/**
 * Where a device sits, as Linux and lspci write it: {@code 0000:00:05.0}. Immutable.
 *
 * @param text domain, bus, device and function, in lower case
 */
public record PciAddress(String text) {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-1][0-9a-f]\\.[0-7]");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if it is not {@code DOMAIN:BUS:DEVICE.FUNCTION} in hexadecimal
   */
  public PciAddress {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no PCI address: expected such as 0000:00:05.0 (lspci -D lists them)"
              .formatted(text));
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
