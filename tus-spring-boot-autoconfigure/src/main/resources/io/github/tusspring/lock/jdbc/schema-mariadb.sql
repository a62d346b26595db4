-- SPDX-License-Identifier: Apache-2.0
create table if not exists TUS_LOCK (
	UPLOAD_ID varchar(128) character set ascii collate ascii_bin not null primary key,
	OWNER varchar(36) character set ascii collate ascii_bin,
	GENERATION bigint not null,
	EXPIRES bigint not null,
	WISH varchar(36) character set ascii collate ascii_bin,
	PURPOSE varchar(16) character set ascii collate ascii_bin,
	WISHED_OFFSET bigint,
	REFUSED varchar(36) character set ascii collate ascii_bin,
	index TUS_LOCK_OWNER (OWNER),
	index TUS_LOCK_EXPIRES (EXPIRES)
) engine = InnoDB;
