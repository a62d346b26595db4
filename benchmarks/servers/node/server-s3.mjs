/* SPDX-License-Identifier: Apache-2.0 */
// node server-s3.mjs PORT BUCKET ENDPOINT
import { S3Store } from "@tus/s3-store";
import { Server } from "@tus/server";

const [, , port, bucket, endpoint] = process.argv;
const credentials = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY };
const datastore = new S3Store({ s3ClientConfig: { bucket, endpoint, region: process.env.AWS_REGION, forcePathStyle: true, credentials } });
new Server({ path: "/files", datastore }).listen({ host: "127.0.0.1", port: Number(port) });
