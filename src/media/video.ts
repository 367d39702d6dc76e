import {
  CustomSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MP4,
  QTFF,
} from 'mediabunny'
import { hasEditList, readIndex } from './boxes.ts'
import { fourCharacters, type Sampling, samplingOf } from './chroma.ts'
import { Rejection, unreadable } from './rejection.ts'
import { boundTables } from './sample-tables.ts'
import type { VideoTraits } from './schema.ts'
import type { MediaSource } from './source.ts'

export type VideoFacts = {
  readonly width: number
  readonly height: number
  readonly durationMs: number
  readonly traits: VideoTraits
}

/** Enough for an average; more would be work that a file can ask for. */
const maxPackets = 20_000
const cacheBytes = 2 * 1024 * 1024
const maxCodecLength = 32
const maxSide = 65_535
const maxDurationMs = 24 * 60 * 60 * 1000

// A file's oddities are the uploader's, not a line of the log.
Logging.level = LogLevel.Silent

/** Reads the index of an MP4 or QuickTime file, and nothing of its pictures. */
export async function inspectVideo(source: MediaSource, container: VideoTraits['container']): Promise<VideoFacts> {
  const index = await readIndex(source)
  let failure: unknown
  const read = async (start: number, end: number) =>
    await source.read(start, end - start).catch((error: unknown) => {
      failure = error
      throw error
    })
  const custom = new CustomSource({ getSize: () => source.bytes, read, maxCacheSize: cacheBytes })
  const input = new Input({ source: custom, formats: [MP4, QTFF] })
  try {
    boundTables(index)
    return await factsOf(input, container, hasEditList(index))
  } catch (error) {
    if (failure !== undefined) throw failure
    if (error instanceof Rejection) throw error
    throw unreadable('Its index cannot be read.')
  } finally {
    input.dispose()
  }
}

async function factsOf(input: Input, container: VideoTraits['container'], isEdited: boolean): Promise<VideoFacts> {
  const video = await input.getPrimaryVideoTrack()
  if (video === null) throw new Rejection('media/no-video', 'There is no picture in it.')
  const [width, height] = [await video.getDisplayWidth(), await video.getDisplayHeight()]
  const durationMs = Math.round((await input.computeDuration()) * 1000)
  if (!(width > 0 && height > 0 && durationMs > 0)) throw unreadable('It has no size or no duration.')
  if (Math.max(width, height) > maxSide || durationMs > maxDurationMs)
    throw unreadable(`It says that it has ${width} x ${height} pixels and lasts for ${durationMs} ms.`)
  const { averagePacketRate, averageBitrate } = await video.computePacketStats(maxPackets)
  const videoCodec = await videoCodecOf(video)
  const traits = {
    kind: 'video',
    container,
    videoCodec,
    frameRate: figure(averagePacketRate),
    videoBitRate: figure(averageBitrate),
    ...(await soundOf(await input.getPrimaryAudioTrack())),
    hasEditList: isEdited,
    ...(await samplingIn(video, videoCodec)),
  } as const
  return { width: Math.round(width), height: Math.round(height), durationMs, traits }
}

async function videoCodecOf(video: InputVideoTrack): Promise<string> {
  const codec = await video.getCodec()
  return codec === 'avc' ? 'h264' : (codec ?? (await nameOf(video)))
}

async function soundOf(audio: InputAudioTrack | null) {
  if (audio === null) return { audioCodec: null, audioChannels: null, audioSampleRate: null }
  return {
    audioCodec: (await audio.getCodec()) ?? (await nameOf(audio)),
    audioChannels: await audio.getNumberOfChannels(),
    audioSampleRate: await audio.getSampleRate(),
  }
}

const nameOf = async (track: InputVideoTrack | InputAudioTrack): Promise<string> =>
  fourCharacters(await track.getInternalCodecId()).slice(0, maxCodecLength)

async function samplingIn(video: InputVideoTrack, codec: string): Promise<Sampling> {
  const description = (await video.getDecoderConfig())?.description
  if (description === undefined) return { chroma: null, isInterlaced: null }
  return samplingOf(codec, ArrayBuffer.isView(description) ? bytesOf(description) : new Uint8Array(description))
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength)

/** To three decimals; null where the file makes it nonsense. */
const figure = (value: number): number | null =>
  Number.isFinite(value) && value > 0 ? Math.round(value * 1000) / 1000 : null
