/**
 * Which pages are ballooned, and in which order their granules were inflated: an interval tree, and
 * a bitmap.
 *
 * <h2>The tree</h2>
 *
 * {@link dev.aerostat.tracker.IntervalTreeTracker} is a B+-tree of disjoint, merged ranges over
 * page numbers as they are. A <em>chunk</em> is an aligned 1 GiB. Leaves lie side by side over all
 * of guest memory, holes included, each over whole chunks; inner nodes have where each child begins
 * and how many ballooned pages are under it.
 *
 * <pre>
 *                    +----------------------------------+
 *   inner node       | from chunk      0     5     6    |
 *                    | pages        1000  131072  700   |
 *                    +--------------+------+------+-----+
 *                      |                 |            |
 *              +-------+-------+  +------+------+  +--+------------+
 *   leaves     | chunks 0 to 4 |--| chunk 5     |--| chunks 6 to 9 |
 *              | [20, 900)     |  | 10101010... |  | [1572864,     |
 *              | [1310600,   . . joined . .     |  |     1573564)  |
 *              |     1310720)  |  | 64 blocks   |  |               |
 *              +---------------+  +-------------+  +---------------+
 *                 ranges            bitmap             ranges
 * </pre>
 *
 * <p>Always true between two calls:
 *
 * <ul>
 *   <li>The spans of the leaves cover all chunks once. A range that crosses from one span to the
 *       next is kept in <em>pieces</em>, and the leaf with the later one is marked joined: the
 *       number of ranges is that of the pieces without those seams.
 *   <li>In a leaf no two pieces touch; a leaf has room for the piece that the next message may add.
 *   <li>A leaf of several chunks has up to 64 ranges and is split at a chunk at more. One of a
 *       single chunk has up to 128; at more it turns to bits, and at fewer than 32 back.
 *   <li>Siblings that together are less than half full become one. So a balloon that heals is a
 *       tree that shrinks: one range, however large, is one leaf.
 *   <li>The sums of the inner nodes are up to date but for bitmaps that have changed since somebody
 *       asked, which are linked and counted before the next answer. The pages of any range are
 *       those of two parts of leaves and of the sums between.
 * </ul>
 *
 * <h2>Why both ranges and bits</h2>
 *
 * A guest that boots has a few ranges that grow at one end: in a leaf of ranges that is the change
 * of one number, at a place that is remembered, and no memory. A guest under load has a range every
 * few pages: there, ranges would take 128 bits each, and a message would move hundreds of them.
 * Bits take one a page whatever the guest sends, and a run of them is one read and one write. At
 * 128 ranges a chunk either costs about the same; the conversion takes a few microseconds and pays
 * for itself as it cannot come back before 96 ranges have gone.
 *
 * <h2>What costs what</h2>
 *
 * <table>
 *   <caption>n is the number of ranges</caption>
 *   <tr><th>inflate, deflate</th><td>O(1) where the guest goes on from where it was or a leaf was
 *       found before, else O(log n), and the move of up to 128 ranges in a leaf</td></tr>
 *   <tr><th>next page in, or out</th><td>O(log n), and a look at 64 blocks</td></tr>
 *   <tr><th>pages in a range</th><td>O(log n), and the count of two leaves</td></tr>
 *   <tr><th>pages, ranges, bytes held</th><td>O(1), amortized over the bitmaps that have changed
 *       </td></tr>
 *   <tr><th>newest granule, next older</th><td>O(log n), amortized over granules that were emptied
 *       </td></tr>
 *   <tr><th>bytes</th><td>2 KiB for a boot, 16 a range up to 128 in a chunk, then 37 KiB a chunk at
 *       most</td></tr>
 * </table>
 *
 * <h2>The bitmap</h2>
 *
 * {@link dev.aerostat.tracker.BitmapTracker} has one bitmap for all of RAM, whose holes are left
 * out; a leaf of the tree has one for its chunk. A <em>block</em> is 16 MiB.
 *
 * <pre>
 *   blocks[]                       counts[]   used   open
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
 * Blocks that are wholly in the balloon share one array, and so do those that are wholly out of it:
 * a page is looked up the same way everywhere. {@code used} and {@code open} are searched 64 blocks
 * at a time. Ranges are counted by their <em>pairs</em>, pages that touch the next one: a range has
 * one page more than it has pairs. A block takes 528 bytes where 16 MiB are partly ballooned.
 *
 * <h2>The order of inflation</h2>
 *
 * The tree keeps <em>runs</em> of granules that were inflated one after the other, a boot in a
 * dozen of them. A run may go one way in equal blocks and the other way within each, as messages of
 * 2 MiB pages do. Where there are too many runs, the shortest is taken apart into granules linked
 * by themselves. The bitmap links all granules from the start, 8 bytes each. In either a deflate
 * changes nothing: granules that it emptied are skipped when the order is asked for.
 */
package dev.aerostat.tracker;
