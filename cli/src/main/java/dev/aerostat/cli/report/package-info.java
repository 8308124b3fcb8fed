/**
 * The page that {@code --report} writes: a recorder that follows a run in bounded memory, and one
 * self-contained HTML file that shows what it saw.
 */
package dev.aerostat.cli.report;
