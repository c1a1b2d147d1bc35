-- +goose Up
alter table public.item add column colour text;

-- +goose Down
alter table public.item drop column colour;
