/**
 * Turns the browser's RTP statistics into what an agent can understand: good, fair, poor, or silent.
 *
 * Thresholds follow common practice for narrow-band speech: up to 2 % loss, 30 ms jitter and 250 ms round trip
 * are not heard; beyond 5 %, 60 ms or 400 ms people start to repeat themselves.
 */

/** Running totals as `RTCPeerConnection.getStats` gives them. */
export interface RtpTotals {
  /** Epoch milliseconds. */
  at: number
  packetsReceived: number
  packetsSent: number
  packetsLost: number
  jitterSeconds: number
  roundTripSeconds: number | null
  /** Sum of the received sound's energy; grows only while something is heard. */
  audioEnergy: number
  audioSeconds: number
}

export type QualityLevel = 'good' | 'fair' | 'poor' | 'silent'

export interface CallQuality {
  level: QualityLevel
  packetsReceived: number
  packetsSent: number
  packetsLost: number
  /** Share of packets lost in the last window, in percent. */
  lossPercent: number
  jitterMs: number
  roundTripMs: number | null
  /** Loudness of what was received in the last second, 0 to 1 (root mean square). */
  receivedLevel: number
}

const COUNTERS = ['packetsReceived', 'packetsSent', 'packetsLost', 'audioEnergy', 'audioSeconds'] as const
/** How far back loss is looked at. */
const WINDOW_MS = 8_000
/** No packet for this long means that no sound arrives at all. */
const SILENCE_MS = 3_000

export class QualityMeter {
  private readonly samples: RtpTotals[] = []
  private last: RtpTotals | null = null
  /** What streams before the present one had counted: hold and resume begin a new stream from zero. */
  private readonly before = {
    packetsReceived: 0,
    packetsSent: 0,
    packetsLost: 0,
    audioEnergy: 0,
    audioSeconds: 0,
  }

  add(raw: RtpTotals): CallQuality {
    const sample = this.continued(raw)
    const previous = this.samples.at(-1)
    this.samples.push(sample)
    const oldest = this.samples.find((candidate) => sample.at - candidate.at <= WINDOW_MS) ?? sample
    this.samples.splice(0, this.samples.indexOf(oldest))
    const received = sample.packetsReceived - oldest.packetsReceived
    const lost = Math.max(0, sample.packetsLost - oldest.packetsLost)
    const lossPercent = received + lost > 0 ? (100 * lost) / (received + lost) : 0
    const jitterMs = sample.jitterSeconds * 1000
    const roundTripMs = sample.roundTripSeconds === null ? null : sample.roundTripSeconds * 1000
    return {
      level: this.hasGoneSilent(sample) ? 'silent' : rate(lossPercent, jitterMs, roundTripMs ?? 0),
      packetsReceived: sample.packetsReceived,
      packetsSent: sample.packetsSent,
      packetsLost: sample.packetsLost,
      lossPercent,
      jitterMs,
      roundTripMs,
      receivedLevel: previous ? loudness(previous, sample) : 0,
    }
  }

  private continued(raw: RtpTotals): RtpTotals {
    const sum = { ...raw }
    for (const key of COUNTERS) {
      if (this.last && raw[key] < this.last[key]) this.before[key] += this.last[key]
      sum[key] = raw[key] + this.before[key]
    }
    this.last = raw
    return sum
  }

  private hasGoneSilent(now: RtpTotals): boolean {
    const before = this.samples.filter((sample) => now.at - sample.at >= SILENCE_MS).at(-1)
    return before !== undefined && before.packetsReceived === now.packetsReceived
  }
}

function rate(lossPercent: number, jitterMs: number, roundTripMs: number): QualityLevel {
  if (lossPercent > 5 || jitterMs > 60 || roundTripMs > 400) return 'poor'
  if (lossPercent > 2 || jitterMs > 30 || roundTripMs > 250) return 'fair'
  return 'good'
}

function loudness(from: RtpTotals, to: RtpTotals): number {
  const seconds = to.audioSeconds - from.audioSeconds
  if (seconds <= 0) return 0
  return Math.min(1, Math.sqrt(Math.max(0, to.audioEnergy - from.audioEnergy) / seconds))
}

/** Picks the totals of the audio stream out of a statistics report. */
export function readTotals(report: RTCStatsReport, at: number): RtpTotals | null {
  let inbound: RTCInboundRtpStreamStats | undefined
  let packetsSent = 0
  let roundTripSeconds: number | null = null
  report.forEach((entry: RTCStats) => {
    if (entry.type === 'inbound-rtp' && (entry as RTCInboundRtpStreamStats).kind === 'audio') {
      inbound = entry as RTCInboundRtpStreamStats
    } else if (entry.type === 'outbound-rtp') {
      packetsSent = (entry as RTCOutboundRtpStreamStats).packetsSent ?? 0
    } else if (entry.type === 'candidate-pair') {
      const pair = entry as RTCIceCandidatePairStats
      if (pair.nominated) roundTripSeconds = pair.currentRoundTripTime ?? roundTripSeconds
    }
  })
  if (!inbound) return null
  return {
    at,
    packetsReceived: inbound.packetsReceived ?? 0,
    packetsSent,
    packetsLost: inbound.packetsLost ?? 0,
    jitterSeconds: inbound.jitter ?? 0,
    roundTripSeconds,
    audioEnergy: inbound.totalAudioEnergy ?? 0,
    audioSeconds: inbound.totalSamplesDuration ?? 0,
  }
}
