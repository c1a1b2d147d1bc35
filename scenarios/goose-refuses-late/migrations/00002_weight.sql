-- +goose Up
alter table public.item add column weight integer;

-- +goose Down
alter table public.item drop column weight;
