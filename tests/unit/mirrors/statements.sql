-- schema
IF SCHEMA_ID(N'meta_ads') IS NULL EXEC (N'CREATE SCHEMA meta_ads');

-- lock
SET NOCOUNT ON;
DECLARE @got int;
EXEC @got = sp_getapplock @Resource = N'meta_ads.mirror', @LockMode = 'Exclusive',
    @LockOwner = 'Session', @LockTimeout = 60000;
SELECT @got;

-- create
IF OBJECT_ID(N'meta_ads.vw_graph_ads_actions', N'U') IS NULL
CREATE TABLE [meta_ads].[vw_graph_ads_actions] (
    [account_id] nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [date] date NOT NULL,
    [campaign_name] nvarchar(max) NULL,
    [ad_id] bigint NOT NULL,
    [action_type] nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [value] decimal(28, 6) NULL,
    CONSTRAINT [pk_vw_graph_ads_actions] PRIMARY KEY ([account_id], [date], [ad_id], [action_type])
);

-- columns
SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE
FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = N'meta_ads' AND TABLE_NAME = ?;

-- create_staging
DROP TABLE IF EXISTS [meta_ads].[vw_graph_ads_actions_staging];
CREATE TABLE [meta_ads].[vw_graph_ads_actions_staging] (
    [account_id] nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [date] date NOT NULL,
    [campaign_name] nvarchar(max) NULL,
    [ad_id] bigint NOT NULL,
    [action_type] nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [value] decimal(28, 6) NULL
);

-- merge
MERGE INTO [meta_ads].[vw_graph_ads_actions] WITH (HOLDLOCK) AS known
USING [meta_ads].[vw_graph_ads_actions_staging] AS staged
ON known.[account_id] = staged.[account_id]
    AND known.[date] = staged.[date]
    AND known.[ad_id] = staged.[ad_id]
    AND known.[action_type] = staged.[action_type]
WHEN MATCHED AND EXISTS (
    SELECT known.[campaign_name] COLLATE Latin1_General_100_BIN2, known.[value]
    EXCEPT SELECT staged.[campaign_name] COLLATE Latin1_General_100_BIN2, staged.[value]
) THEN UPDATE SET
    known.[campaign_name] = staged.[campaign_name],
    known.[value] = staged.[value]
WHEN NOT MATCHED BY TARGET THEN INSERT ([account_id], [date], [campaign_name], [ad_id], [action_type], [value])
    VALUES (staged.[account_id], staged.[date], staged.[campaign_name], staged.[ad_id], staged.[action_type], staged.[value])
WHEN NOT MATCHED BY SOURCE AND known.[account_id] = ? AND known.[date] >= ?
    AND known.[date] < ? THEN DELETE;

-- drop_staging
DROP TABLE IF EXISTS [meta_ads].[vw_graph_ads_actions_staging];

-- remove
DELETE FROM [meta_ads].[vw_graph_ads_actions]
WHERE [account_id] = ? AND [date] >= ? AND [date] < ?;
