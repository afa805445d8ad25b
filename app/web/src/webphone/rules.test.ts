import { describe, expect, it } from 'vitest'

import { retryDelay } from './backoff'
import { renewalDelay, signallingUrl } from './credentials'
import { tonesFromText } from './dtmf'
import { loadAudioSettings, defaultAudioSettings, microphoneProblem } from './microphone'
import { answersAtOnce, dialplanValues, readOffer } from './offer'
import { endCause, registrationProblem } from './sip-causes'

describe('retryDelay', () => {
  it('doubles up to fifteen seconds, half of it random', () => {
    expect(retryDelay(1, 0)).toBe(500)
    expect(retryDelay(1, 0.999)).toBeLessThan(1_001)
    expect(retryDelay(2, 0)).toBe(1_000)
    expect(retryDelay(50, 0)).toBe(7_500)
    expect(retryDelay(50, 0.999)).toBeLessThanOrEqual(15_000)
  })
})

describe('renewalDelay', () => {
  it('renews at 80 % of the lifetime, never hectically and never after hours without looking', () => {
    expect(renewalDelay(1_000_000, 0)).toBe(800_000)
    expect(renewalDelay(0, 60_000)).toBe(10_000)
    expect(renewalDelay(90 * 24 * 3_600_000, 0)).toBe(6 * 3_600_000)
  })
})

describe('signallingUrl', () => {
  it('follows the page', () => {
    const secure = { protocol: 'https:', host: 'cc.example:8443' }
    expect(signallingUrl('/ws/sip', secure)).toBe('wss://cc.example:8443/ws/sip')
    expect(signallingUrl('/ws/sip', { protocol: 'http:', host: 'localhost:5173' })).toBe(
      'ws://localhost:5173/ws/sip',
    )
    expect(signallingUrl('wss://sip.example/ws', secure)).toBe('wss://sip.example/ws')
  })
})

describe('tonesFromText', () => {
  it('keeps digits of a pasted number', () => {
    expect(tonesFromText('4111-1111 (22) #')).toBe('4111111122#')
    expect(tonesFromText('+54 351,1*')).toBe('54351,1*')
  })
  it('refuses anything else', () => {
    expect(tonesFromText('call me')).toBe('')
    expect(tonesFromText('12a')).toBe('')
    expect(tonesFromText('   ')).toBe('')
  })
  it('cuts a runaway paste', () => {
    expect(tonesFromText('1'.repeat(500))).toHaveLength(64)
  })
})

describe('readOffer', () => {
  it('keeps what the dialplan tells CRMs, whatever the SIP library makes of the names', () => {
    const sent: Record<string, string> = {
      'omlcrm-opcion': '3',
      OMLCALLERIDPREFIX: 'VIP ',
      IDCliente: '30111222',
    }
    const offer = readOffer((name) => sent[name], '100', ['Via', 'Omlcrm-opcion', 'Idcliente'])
    expect(offer).toMatchObject({
      callerPrefix: 'VIP',
      customerId: '30111222',
      dialplan: { 'omlcrm-opcion': '3' },
    })
    expect(dialplanValues(['Omlcrm_Opcion', 'Omlcrmnada'], offer.dialplan)).toEqual({ Omlcrm_Opcion: '3' })
  })
  const headers: Record<string, string> = {
    OMLCALLID: '1732239-abc',
    Origin: 'IN',
    IDCamp: '7',
    OMLCAMPNAME: 'Sales',
    OMLOUTNUM: '3511234567',
    OMLDID: '08001234',
    OMLINROUTENAME: 'Main line',
    FORCE_DISPOSITION: 'True',
    AUTO_UNPAUSE: '15',
    AUTO_ATTEND_INBOUND: '1',
    OMLCallWaitDuration: '12.7',
  }

  it('reads what the engine says', () => {
    expect(readOffer((name) => headers[name], 'unused')).toEqual({
      callId: '1732239-abc',
      origin: 'IN',
      campaignId: 7,
      campaignName: 'Sales',
      number: '3511234567',
      did: '08001234',
      routeName: 'Main line',
      callerPrefix: '',
      customerId: '',
      dialplan: {},
      forcesDisposition: true,
      answersAutomatically: true,
      isOwnCall: false,
      isColleagueCall: false,
      fromAgentId: null,
      autoUnpauseSeconds: 15,
      waitSeconds: 12,
    })
  })

  it('lives with an INVITE that says nothing', () => {
    expect(readOffer(() => undefined, '100')).toMatchObject({
      callId: '',
      campaignId: null,
      number: '100',
      forcesDisposition: false,
      answersAutomatically: false,
      autoUnpauseSeconds: null,
      waitSeconds: null,
    })
  })

  it('does not take False, 0 or rubbish for a yes', () => {
    const offer = readOffer(
      (name) => ({ AUTO_ATTEND_INBOUND: 'False', IDCamp: 'x', AUTO_UNPAUSE: '0' })[name],
      '',
    )
    expect(offer).toMatchObject({ answersAutomatically: false, campaignId: null, autoUnpauseSeconds: null })
    expect(answersAtOnce(offer)).toBe(false)
  })

  it.each([
    ['CLICK2CALL', '7', 7],
    ['withoutCamp', '0', null],
  ])("knows the agent's own call by its origin %s, and takes it at once", (origin, campaign, campaignId) => {
    const offer = readOffer(
      (name) => ({ Origin: origin, IDCamp: campaign, OMLOUTNUM: '4551234' })[name],
      '1000',
    )
    expect(offer).toMatchObject({
      isOwnCall: true,
      campaignId,
      number: '4551234',
      answersAutomatically: false,
    })
    expect(answersAtOnce(offer)).toBe(true)
  })

  it('knows a call between agents on both sides, and that it belongs to no campaign', () => {
    const called: Record<string, string> = {
      Origin: 'agentCall',
      OMLFROMAGENT: '12',
      IDCamp: '0',
      OMLCAMPNAME: 'Bruno Gil',
      OMLCALLTYPEIDTYPE: '7',
      OMLOUTNUM: '1001',
    }
    const offer = readOffer((name) => called[name], '')
    expect(offer).toMatchObject({ isColleagueCall: true, isOwnCall: false, fromAgentId: 12, number: '1001' })
    expect(offer).toMatchObject({ campaignId: null, campaignName: '', forcesDisposition: false })
    expect(answersAtOnce(offer)).toBe(false)
    const own: Record<string, string> = { Origin: 'withoutCamp', OMLCALLTYPEIDTYPE: '7', OMLOUTNUM: '1002' }
    expect(readOffer((name) => own[name], '')).toMatchObject({
      isColleagueCall: true,
      isOwnCall: true,
      fromAgentId: null,
      number: '1002',
    })
  })

  it('rings for a call that only resembles it', () => {
    const offer = readOffer((name) => ({ Origin: 'IN', OMLOUTNUM: '4551234' })[name], '1000')
    expect(answersAtOnce(offer)).toBe(false)
  })
})

describe('endCause', () => {
  const reason = (value: string) => ({ getHeader: () => value })
  it.each([
    [{ cause: 'Terminated', originator: 'remote' }, 'caller-hung-up'],
    [{ cause: 'Terminated', originator: 'local' }, 'agent-hung-up'],
    [{ cause: 'Rejected', originator: 'local' }, 'rejected'],
    [{ cause: 'Canceled', originator: 'remote' }, 'withdrawn'],
    [
      { cause: 'Canceled', originator: 'remote', message: reason('SIP;cause=200;text="elsewhere"') },
      'answered-elsewhere',
    ],
    [{ cause: 'Canceled', originator: 'remote', message: reason('Q.850;cause=26') }, 'answered-elsewhere'],
    [{ cause: 'Canceled', originator: 'remote', message: reason('Q.850;cause=16') }, 'withdrawn'],
    [{ cause: 'No Answer', originator: 'system' }, 'withdrawn'],
    [{ cause: 'User Denied Media Access', originator: 'local' }, 'microphone-refused'],
    [{ cause: 'RTP Timeout', originator: 'local' }, 'media-failed'],
    [{ cause: 'WebRTC Error', originator: 'local' }, 'media-failed'],
    [{ cause: 'Connection Error', originator: 'system' }, 'connection-lost'],
    [{ cause: 'Something New', originator: 'remote' }, 'unknown'],
  ])('%o is %s', (end, expected) => {
    expect(endCause(end)).toBe(expected)
  })
})

describe('registrationProblem', () => {
  it('tells a refused account from a server in trouble', () => {
    expect(registrationProblem({ response: { status_code: 401 } })).toBe('refused')
    expect(registrationProblem({ response: { status_code: 403 } })).toBe('refused')
    expect(registrationProblem({ response: { status_code: 503 } })).toBe('server')
    expect(registrationProblem({ response: null })).toBe('server')
  })
})

describe('microphone', () => {
  it('names the problem behind the browser exception', () => {
    const named = (name: string) => Object.assign(new Error(name), { name })
    expect(microphoneProblem(named('NotAllowedError'))).toBe('denied')
    expect(microphoneProblem(named('NotFoundError'))).toBe('missing')
    expect(microphoneProblem(named('NotReadableError'))).toBe('busy')
    expect(microphoneProblem('?')).toBe('unknown')
  })

  it('reads saved settings and survives broken ones', () => {
    expect(loadAudioSettings({ getItem: () => null })).toEqual(defaultAudioSettings)
    expect(loadAudioSettings({ getItem: () => '{nonsense' })).toEqual(defaultAudioSettings)
    expect(loadAudioSettings({ getItem: () => '{"ringVolume":0.1}' }).ringVolume).toBe(0.1)
  })
})
