/**
 * The interval tree of ballooned pages.
 *
 * <h2>Shape</h2>
 *
 * A node covers an aligned power of two of pages. A branch has 64 children, each wholly in the
 * balloon, wholly out of it, or <em>split</em>; only a split child is a node of its own. At the
 * bottom a split child is a leaf: a bitmap of the 4096 pages of 16 MiB.
 *
 * <pre>
 *   pages a child covers     node
 *   2^30  4 TiB              Branch   the root of a guest that ends beyond 4 TiB
 *   2^24  64 GiB             Branch
 *   2^18  1 GiB              Branch
 *   2^12  16 MiB             Branch   any  = 0b..0111   (a bit a child: has ballooned pages)
 *                              |      full = 0b..0101   (a bit a child: has no others)
 *                              +----> children[1]       (split: any, but not full)
 *   2^0   4 KiB              Leaf     64 words of 64 pages
 * </pre>
 *
 * Neighbours merge by construction: nothing in the tree says where one message ended and the next
 * began. Ranges are counted by their edges, the places where a page differs from the one before it;
 * there are two a range.
 *
 * <h2>Memory</h2>
 *
 * A leaf takes 560 bytes for 16 MiB of guest, so where every 16 MiB is split a GiB takes 64 leaves
 * and a branch, 36,408 bytes, and the order of inflation at 2 MiB a granule 4096 more: 1.24 bits a
 * page. Where memory is not fragmented only the edges of ranges are split.
 */
package dev.aerostat.tracker;
