/**
 * The device side of virtio-mem (virtio 1.2, section 5.15), for the engine and its runners.
 *
 * <pre>
 *   request queue ─▶ RequestReader ─▶ MemDevice ─▶ PluggedBlocks   which blocks the guest has
 *                                        │  ▲
 *                             plugAsked  │  │ answerPlug, once all of it is mapped
 *                                        ▼  │
 *                                       engine
 * </pre>
 */
package dev.aerostat.mem.virtio.device;
