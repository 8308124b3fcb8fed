/**
 * What is between the mapper and its two back ends: {@link
 * dev.aerostat.mapper.vfio.backend.AddressSpace}, which each of them implements, and what they
 * share. It knows neither of them.
 */
package dev.aerostat.mapper.vfio.backend;
