/** The parts around the reducer that hold timers: signalling socket, account renewal, title flash, diagnostics. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { AccountRenewal } from './account-renewal'
import { Attention } from './attention'
import type { SipAccount } from './credentials'
import { showDiagnostics } from './diagnostics'
import { readOffer } from './offer'
import { SignallingSocket, type SocketStatus } from './signalling-socket'
import { initialPhoneState, reducePhone } from './state'

class ScriptedSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static made: ScriptedSocket[] = []
  readyState = 0
  sent: string[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    ScriptedSocket.made.push(this)
  }
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.readyState = 3
  }
  opens(): void {
    this.readyState = 1
    this.onopen?.()
  }
  breaks(): void {
    this.readyState = 3
    this.onclose?.({ code: 1006, reason: '' })
  }
}

const last = () => ScriptedSocket.made.at(-1)!

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  vi.stubGlobal('WebSocket', ScriptedSocket)
  ScriptedSocket.made = []
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('SignallingSocket', () => {
  const built: SignallingSocket[] = []

  afterEach(() => {
    for (const socket of built.splice(0)) socket.disconnect()
  })

  function build() {
    const statuses: SocketStatus[] = []
    const socket = new SignallingSocket('wss://cc.example/ws/sip', (status) => statuses.push(status))
    built.push(socket)
    const lost = vi.fn()
    const connected = vi.fn()
    socket.onconnect = connected
    socket.ondisconnect = lost
    return { socket, statuses, lost, connected }
  }

  it('speaks the sip subprotocol and says where it is', () => {
    const { socket } = build()
    socket.connect()
    expect(last()).toMatchObject({ url: 'wss://cc.example/ws/sip', protocol: 'sip' })
    expect(socket.via_transport).toBe('WSS')
    expect(socket.sip_uri).toBe('sip:cc.example;transport=ws')
  })

  it('passes data both ways once it is open', () => {
    const { socket, connected } = build()
    const data = vi.fn()
    socket.ondata = data
    socket.connect()
    expect(socket.send('early')).toBe(false)
    last().opens()
    expect(connected).toHaveBeenCalledOnce()
    expect(socket.send('hello')).toBe(true)
    expect(last().sent).toEqual(['hello'])
    last().onmessage?.({ data: 'world' })
    expect(data).toHaveBeenCalledWith('world')
  })

  it('announces each wait, tries again, and tells the stack of one loss only', () => {
    const { socket, statuses, lost, connected } = build()
    socket.connect()
    last().opens()
    last().breaks()
    const waiting = statuses.at(-1)!
    expect(waiting).toMatchObject({ kind: 'waiting', attempt: 1 })
    expect(lost).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(1_000)
    expect(ScriptedSocket.made).toHaveLength(2)
    last().breaks()
    expect(statuses.at(-1)).toMatchObject({ kind: 'waiting', attempt: 2 })
    expect(lost).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(2_000)
    last().opens()
    expect(connected).toHaveBeenCalledTimes(2)
    expect(statuses.at(-1)).toEqual({ kind: 'open' })
  })

  it("ignores the stack's own reconnection while one is under way", () => {
    const { socket } = build()
    socket.connect()
    last().opens()
    last().breaks()
    socket.connect()
    expect(ScriptedSocket.made).toHaveLength(1)
  })

  it('comes back at once when the network does, and leaves at once when it goes', () => {
    const { socket, statuses } = build()
    socket.connect()
    last().opens()
    window.dispatchEvent(new Event('offline'))
    expect(statuses.at(-1)).toMatchObject({ kind: 'waiting' })
    window.dispatchEvent(new Event('online'))
    expect(ScriptedSocket.made).toHaveLength(2)
  })

  it('gives up an attempt that nobody answers', () => {
    const { socket, statuses } = build()
    socket.connect()
    vi.advanceTimersByTime(8_000)
    expect(statuses.at(-1)).toMatchObject({ kind: 'waiting', attempt: 1 })
  })

  it('gives up a connection that leaves a question unanswered', () => {
    const { socket, statuses } = build()
    const ask = vi.fn()
    socket.connect()
    socket.probe(ask)
    expect(ask).not.toHaveBeenCalled()
    last().opens()
    socket.probe(ask)
    socket.probe(ask)
    expect(ask).toHaveBeenCalledOnce()
    last().onmessage?.({ data: 'SIP/2.0 200 OK' })
    vi.advanceTimersByTime(10_000)
    expect(statuses.at(-1)).toEqual({ kind: 'open' })
    socket.probe(ask)
    vi.advanceTimersByTime(4_000)
    expect(statuses.at(-1)).toMatchObject({ kind: 'waiting' })
  })

  it('stays closed after disconnect', () => {
    const { socket } = build()
    socket.connect()
    last().opens()
    socket.disconnect()
    vi.advanceTimersByTime(60_000)
    window.dispatchEvent(new Event('online'))
    expect(ScriptedSocket.made).toHaveLength(1)
  })
})

describe('AccountRenewal', () => {
  const account = (expiresAt: number): SipAccount => ({
    uri: 'sip:1000@omnileads',
    authorizationUser: '1:1000',
    password: 'x',
    realm: 'omnileads',
    websocketPath: '/ws/sip',
    expiresAt,
  })

  it('renews before the account expires', async () => {
    const onAccount = vi.fn()
    const fetchAccount = vi.fn(() => Promise.resolve(account(Date.now() + 100_000)))
    const renewal = new AccountRenewal({ fetchAccount, onAccount, onFailure: vi.fn() })
    await renewal.renew()
    expect(onAccount).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(81_000)
    expect(onAccount).toHaveBeenCalledTimes(2)
  })

  it('tries again with growing pauses and says when', async () => {
    const onFailure = vi.fn()
    const onAccount = vi.fn()
    const fetchAccount = vi
      .fn<() => Promise<SipAccount>>()
      .mockRejectedValueOnce(new Error('503'))
      .mockImplementation(() => Promise.resolve(account(Date.now() + 100_000)))
    const renewal = new AccountRenewal({ fetchAccount, onAccount, onFailure })
    await renewal.renew()
    expect(onFailure.mock.calls[0]![0]).toBeGreaterThan(Date.now())
    await vi.advanceTimersByTimeAsync(2_100)
    expect(onAccount).toHaveBeenCalledOnce()
  })

  it('throws away an answer that comes after stop', async () => {
    const onAccount = vi.fn()
    let answer: (account: SipAccount) => void = () => undefined
    const fetchAccount = () => new Promise<SipAccount>((resolve) => (answer = resolve))
    const renewal = new AccountRenewal({ fetchAccount, onAccount, onFailure: vi.fn() })
    const pending = renewal.renew()
    renewal.stop()
    answer(account(Date.now()))
    await pending
    await vi.advanceTimersByTimeAsync(60_000)
    expect(onAccount).not.toHaveBeenCalled()
  })
})

describe('Attention', () => {
  it('flashes the title and gives it back', () => {
    document.title = 'Agent console'
    const attention = new Attention()
    attention.call({ title: 'Call from 351', body: 'Sales' })
    expect(document.title).toBe('● Call from 351')
    vi.advanceTimersByTime(1_000)
    expect(document.title).toBe('Agent console')
    vi.advanceTimersByTime(1_000)
    attention.release()
    expect(document.title).toBe('Agent console')
  })
})

describe('showDiagnostics', () => {
  it('writes the state on the element and removes what no longer holds', () => {
    const element = document.createElement('div')
    const details = readOffer((name) => (name === 'OMLCALLID' ? 'call-1' : undefined), '351')
    const ringing = reducePhone(initialPhoneState, { type: 'call.offered', sessionId: 's', details, at: 1 })
    showDiagnostics(element, ringing)
    expect(element.dataset).toMatchObject({
      webphoneState: 'ringing',
      webphoneCallId: 'call-1',
      webphoneCall: 'ringing',
    })
    showDiagnostics(element, initialPhoneState)
    expect(element.dataset.webphoneState).toBe('off')
    expect(element.dataset.webphoneCallId).toBeUndefined()
  })
})
