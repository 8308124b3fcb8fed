/**
 * The bitmap of ballooned pages, which exists only where memory is partly ballooned.
 *
 * <h2>Shape</h2>
 *
 * Pages are <em>packed</em>: the holes of guest memory are left out, 16 MiB at a time. A
 * <em>leaf</em> is an aligned 16 MiB of packed pages.
 *
 * <pre>
 *   leaves[]                       counts[]   used   open
 *   +-----+
 *   |     +--&gt; EMPTY, all 0           0        0      1
 *   +-----+
 *   |     +--&gt; 64 words of 64      1..4095     1      1    partly ballooned: bits of its own
 *   +-----+
 *   |     +--&gt; FULL, all 1          4096       1      0
 *   +-----+
 *   |     +--&gt; FULL
 *   +-----+
 * </pre>
 *
 * Leaves that are wholly in the balloon share one bitmap, and so do those that are wholly out of
 * it: a page is looked up the same way everywhere. {@code used} and {@code open} are searched 64
 * leaves at a time, and above that 64 words at a time.
 *
 * <p>Neighbours merge by construction: nothing here says where one message ended and the next
 * began. Ranges are counted by their <em>pairs</em>, pages that touch the next one: a range has one
 * page more than it has pairs.
 *
 * <h2>Memory</h2>
 *
 * A leaf takes 528 bytes of its own where 16 MiB are partly ballooned, and 13 from the start; the
 * order of inflation takes 64 at 2 MiB a granule: 605 bytes for 4096 pages, 1.18 bits a page.
 */
package dev.aerostat.tracker;
