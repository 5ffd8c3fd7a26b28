/** Why a stream ended that its reader had not ended; he comes back with his cursor, or with new rights. */
export type StreamEnd = 'ACCESS_REVOKED' | 'CONSUMER_TOO_SLOW' | 'STOPPING';
