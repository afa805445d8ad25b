import { describe, expect, it } from 'vitest'

import { QualityMeter, readTotals, type RtpTotals } from './quality'

function totals(second: number, changes: Partial<RtpTotals> = {}): RtpTotals {
  return {
    at: second * 1_000,
    packetsReceived: second * 50,
    packetsSent: second * 50,
    packetsLost: 0,
    jitterSeconds: 0.004,
    roundTripSeconds: 0.02,
    audioEnergy: second * 0.01,
    audioSeconds: second,
    ...changes,
  }
}

describe('QualityMeter', () => {
  it('calls a clean stream good and measures its loudness', () => {
    const meter = new QualityMeter()
    meter.add(totals(1))
    const quality = meter.add(totals(2))
    expect(quality).toMatchObject({ level: 'good', lossPercent: 0, jitterMs: 4, roundTripMs: 20 })
    expect(quality.receivedLevel).toBeCloseTo(0.1)
  })

  it('rates loss over the last seconds only, so old trouble is forgotten', () => {
    const meter = new QualityMeter()
    meter.add(totals(1))
    expect(meter.add(totals(2, { packetsLost: 10 })).level).toBe('poor')
    for (let second = 3; second < 20; second += 1) meter.add(totals(second, { packetsLost: 10 }))
    expect(meter.add(totals(20, { packetsLost: 10 })).level).toBe('good')
  })

  it.each([
    [{ jitterSeconds: 0.04 }, 'fair'],
    [{ jitterSeconds: 0.09 }, 'poor'],
    [{ roundTripSeconds: 0.3 }, 'fair'],
    [{ roundTripSeconds: 0.5 }, 'poor'],
    [{ roundTripSeconds: null }, 'good'],
    [{ packetsLost: 2 }, 'fair'],
  ] as const)('%o is %s', (changes, level) => {
    const meter = new QualityMeter()
    meter.add(totals(1))
    expect(meter.add(totals(2, changes)).level).toBe(level)
  })

  it('goes on counting when hold and resume begin a new stream', () => {
    const meter = new QualityMeter()
    meter.add(totals(1, { packetsReceived: 200, packetsLost: 1 }))
    const quality = meter.add(totals(2, { packetsReceived: 10, packetsLost: 0 }))
    expect(quality).toMatchObject({ packetsReceived: 210, packetsLost: 1, level: 'good' })
  })

  it('notices that nothing arrives any more', () => {
    const meter = new QualityMeter()
    for (let second = 1; second <= 3; second += 1) meter.add(totals(second))
    expect(meter.add(totals(5, { packetsReceived: 150 })).level).toBe('good')
    expect(meter.add(totals(6, { packetsReceived: 150 })).level).toBe('silent')
    expect(meter.add(totals(7, { packetsReceived: 200 })).level).not.toBe('silent')
  })
})

describe('readTotals', () => {
  const report = (entries: object[]) =>
    new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport

  it('picks the audio streams and the used path', () => {
    const read = readTotals(
      report([
        { type: 'inbound-rtp', kind: 'video', packetsReceived: 1 },
        {
          type: 'inbound-rtp',
          kind: 'audio',
          packetsReceived: 500,
          packetsLost: 3,
          jitter: 0.01,
          totalAudioEnergy: 0.5,
          totalSamplesDuration: 10,
        },
        { type: 'outbound-rtp', packetsSent: 480 },
        { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
        { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.03 },
      ]),
      7,
    )
    expect(read).toEqual({
      at: 7,
      packetsReceived: 500,
      packetsSent: 480,
      packetsLost: 3,
      jitterSeconds: 0.01,
      roundTripSeconds: 0.03,
      audioEnergy: 0.5,
      audioSeconds: 10,
    })
  })

  it('answers nothing before there is a stream', () => {
    expect(readTotals(report([{ type: 'candidate-pair', nominated: true }]), 7)).toBeNull()
  })
})
