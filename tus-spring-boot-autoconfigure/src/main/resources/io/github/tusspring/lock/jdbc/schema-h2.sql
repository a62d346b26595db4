-- SPDX-License-Identifier: Apache-2.0
create table if not exists TUS_LOCK (
	UPLOAD_ID varchar(128) not null primary key,
	OWNER varchar(36),
	GENERATION bigint not null,
	EXPIRES bigint not null,
	WISH varchar(36),
	PURPOSE varchar(16),
	WISHED_OFFSET bigint,
	REFUSED varchar(36)
);
create index if not exists TUS_LOCK_OWNER on TUS_LOCK (OWNER);
create index if not exists TUS_LOCK_EXPIRES on TUS_LOCK (EXPIRES);
