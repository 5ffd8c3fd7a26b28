/** For `prisma generate` alone: migrations are plain SQL and applied by the kit, never by `prisma migrate`. */
import { defineConfig } from 'prisma/config';

export default defineConfig({ schema: 'prisma/schema.prisma' });
