/** What every {@link dev.aerostat.mapper.spi.DmaMapper} must do, clause by clause. */
package dev.aerostat.mapper.contract;
